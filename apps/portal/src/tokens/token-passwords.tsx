import { Button, Field, Input, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import { at, REGISTRY, type RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { atChild, type RegistryToken, TOKEN, tokensKey } from './tokens.ts';

const NAMES = ['password1', 'password2'] as const;
const DAY_MS = 24 * 3_600_000;
const SOON_MS = 14 * DAY_MS;

/** The two passwords of a token. A new one is shown once: it is in this component, and gone with it. */
export function TokenPasswords({
  resource,
  token,
}: {
  readonly resource: RegistryResource;
  readonly token: RegistryToken;
}) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [days, setDays] = useState('90');
  const { generate, expire } = useDeeds(resource, token);
  const passwords = token.properties.credentials?.passwords ?? [];
  const error = generate.error ?? expire.error;
  const expiryOf = (name: string) => {
    const password = passwords.find((one) => one.name === name);
    if (!password) return t('noPassword');
    if (password.expiry === undefined) return t('never');
    const left = Date.parse(password.expiry) - Date.now();
    const time = formatTime(password.expiry);
    return left < 0 ? t('ended', { time }) : left < SOON_MS ? t('endsSoon', { time }) : time;
  };
  return (
    <>
      <Field label={t('validDays')} hint={t('validDaysHint')} className={styles.form}>
        <Input type="number" min={1} value={days} onChange={(_, { value }) => setDays(value)} />
      </Field>
      {error && <Problem error={error} />}
      <SimpleTable
        label={t('passwordsOf', { name: token.name })}
        titles={[t('name'), t('expiry'), t('what')]}
        rows={NAMES.map((name) => ({
          key: name,
          cells: [
            name,
            expiryOf(name),
            <span key="deeds" className={styles.tools}>
              <Button
                size="small"
                onClick={() => generate.mutate({ name, days: Number(days) })}
                disabledFocusable={generate.isPending}
              >
                {t('generateOf', { name })}
              </Button>
              {passwords.some((one) => one.name === name) && (
                <Button size="small" onClick={() => expire.mutate(name)} disabledFocusable={expire.isPending}>
                  {t('expireOf', { name })}
                </Button>
              )}
            </span>,
          ],
        }))}
      />
      {generate.data && <ShownOnce made={generate.data} />}
    </>
  );
}

function ShownOnce({
  made,
}: {
  readonly made: { readonly username: string; readonly passwords: readonly { name: string; value: string }[] };
}) {
  const { t } = useLanguage();
  return (
    <>
      <MessageBar intent="warning" layout="multiline">
        <MessageBarBody>{t('shownOnce')}</MessageBarBody>
      </MessageBar>
      <Facts
        of={[
          [t('username'), <CopyText key="username" text={made.username} what={t('username')} />],
          ...made.passwords.map(({ name, value }) => [name, <CopyText key={name} text={value} what={name} />] as const),
        ]}
      />
    </>
  );
}

function useDeeds(resource: RegistryResource, token: RegistryToken) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: tokensKey(resource) });
  const generate = useMutation({
    gcTime: 0,
    mutationFn: ({ name, days }: { readonly name: string; readonly days: number }) => {
      const expiry = days > 0 ? { expiry: new Date(Date.now() + days * DAY_MS).toISOString() } : {};
      const body = { tokenId: token.id, name, ...expiry };
      return answered(management.POST(`${REGISTRY}/generateCredentials`, { params: at(resource), body }));
    },
    onSuccess: again,
  });
  const expire = useMutation({
    mutationFn: (name: string) => {
      const kept = (token.properties.credentials?.passwords ?? []).filter((one) => one.name !== name);
      const passwords = kept.map((one) => ({ name: one.name }));
      const body = { properties: { credentials: { passwords } } };
      return answered(management.PATCH(TOKEN, { params: atChild(resource, token.name), body }));
    },
    onSuccess: () => {
      generate.reset();
      return again();
    },
  });
  return { generate, expire };
}
