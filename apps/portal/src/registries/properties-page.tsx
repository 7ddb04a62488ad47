import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { RawText } from '../components/raw-text.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from './needs-resource.tsx';

const useStyles = makeStyles({ form: { display: 'flex', flexDirection: 'column', rowGap: '12px', maxWidth: '480px' } });

export function PropertiesPage() {
  const { t } = useLanguage();
  return (
    <NeedsResource title="properties">
      {(resource) => (
        <>
          <Card title={t('resourceId')}>
            <CopyText text={resource.id} what={t('resourceId')} />
          </Card>
          <Card title={t('json')}>
            <RawText label={t('json')} text={JSON.stringify(resource, undefined, 2)} />
          </Card>
          <Card title={t('deleteRegistry')}>
            <DeleteRegistry resource={resource} />
          </Card>
        </>
      )}
    </NeedsResource>
  );
}

/** The one deed that is asked about: its undo does not exist. */
function DeleteRegistry({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { management } = usePlanes();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const remove = useMutation({
    mutationFn: async () => {
      await answered(management.DELETE(REGISTRY, { params: at(resource) }));
      await queries.invalidateQueries({ queryKey: ['registries'] });
      await navigate({ to: '/registries' as '/' });
    },
  });
  const sure = typed === resource.name;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (sure) remove.mutate();
      }}
    >
      <Field label={t('deleteText', { name: resource.name })}>
        <Input value={typed} onChange={(_, { value }) => setTyped(value)} autoComplete="off" />
      </Field>
      {remove.error && <Problem error={remove.error} />}
      <Button type="submit" disabledFocusable={!sure || remove.isPending}>
        {t('delete')}
      </Button>
    </form>
  );
}
