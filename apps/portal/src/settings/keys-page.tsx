import { Button, MessageBar, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';

type Credentials =
  paths[`${typeof REGISTRY}/listCredentials`]['post']['responses']['200']['content']['application/json'];

const useStyles = makeStyles({ line: { display: 'flex', gap: '8px', flexWrap: 'wrap', alignItems: 'center' } });

export function KeysPage() {
  return <NeedsResource title="keys">{(resource) => <Keys resource={resource} />}</NeedsResource>;
}

function Keys({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { management } = usePlanes();
  const queries = useQueryClient();
  const enabled = resource.properties.adminUserEnabled;
  const turn = useMutation({
    mutationFn: async () => {
      const body = { properties: { adminUserEnabled: !enabled } };
      await answered(management.PATCH(REGISTRY, { params: at(resource), body }));
      await queries.invalidateQueries({ queryKey: ['registries'] });
    },
  });
  return (
    <Card title={t('adminUser')}>
      {!enabled && <p>{t('adminOff')}</p>}
      {turn.error && <Problem error={turn.error} />}
      <Button onClick={() => turn.mutate()} disabledFocusable={turn.isPending}>
        {t(enabled ? 'turnOff' : 'turnOn')}
      </Button>
      {enabled && <Passwords resource={resource} />}
    </Card>
  );
}

/** Nothing secret is asked for before somebody presses the button, and nothing is kept once the page is left. */
function Passwords({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { management } = usePlanes();
  const [shown, setShown] = useState<Credentials>();
  const [rotated, setRotated] = useState('');
  const params = at(resource);
  const show = useMutation({
    mutationFn: () => answered(management.POST(`${REGISTRY}/listCredentials`, { params })),
    onSuccess: setShown,
  });
  const rotate = useMutation({
    mutationFn: (name: string) =>
      answered(management.POST(`${REGISTRY}/regenerateCredential`, { params, body: { name } })),
    onSuccess: (credentials, name) => {
      setShown(credentials);
      setRotated(name);
    },
  });
  const error = show.error ?? rotate.error;
  const line = (name: string, value: string) => (
    <span className={styles.line}>
      <CopyText text={value} what={name} />
      <Button size="small" onClick={() => rotate.mutate(name)}>
        {t('rotateOf', { name })}
      </Button>
    </span>
  );
  return (
    <>
      <p>
        <Button onClick={() => (shown ? setShown(undefined) : show.mutate())}>{t(shown ? 'hide' : 'show')}</Button>
      </p>
      {error && <Problem error={error} />}
      {rotated !== '' && (
        <MessageBar intent="success" layout="multiline">
          <MessageBarBody>{t('rotated', { name: rotated })}</MessageBarBody>
        </MessageBar>
      )}
      {shown && (
        <Facts
          of={[
            [t('username'), <CopyText key="username" text={shown.username} what={t('username')} />],
            ...shown.passwords.map(({ name, value }) => [name, line(name, value)] as const),
          ]}
        />
      )}
    </>
  );
}
