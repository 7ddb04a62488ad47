import { Button, Field, Input, Textarea } from '@fluentui/react-components';
import { useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { answered } from '../api/refusal.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card, Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { RawText } from '../components/raw-text.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { useSigners, useStationDeed } from './station.ts';

/** Whose volumes and receipts are believed here, and the key that the other side must trust. */
export function SignersPage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const { data, error } = useSigners(registry);
  const remove = useStationDeed(registry, 'trust', (api, digest: string) =>
    answered(api.DELETE('/holdfast/v1/_signers/{digest}', { params: { path: { digest } } })),
  );
  return (
    <Page title={t('signers')} place={registry}>
      <p>{t('signersText')}</p>
      {error && <Problem error={error} registry={registry} />}
      {remove.error && <Problem error={remove.error} registry={registry} />}
      {data?.signers.length === 0 && <p>{t('noSigners')}</p>}
      {data !== undefined && data.signers.length > 0 && (
        <SimpleTable
          label={t('signers')}
          titles={[t('name'), t('fingerprint'), t('addedBy'), t('since'), t('remove')]}
          rows={data.signers.map(({ id, name, addedBy, addedAt }) => ({
            key: id,
            cells: [
              name,
              <code key="id">{id}</code>,
              addedBy,
              formatTime(addedAt),
              <Confirmed
                key="remove"
                text={t('removeSigner')}
                label={t('removeSignerOf', { name })}
                consequence={t('removeSignerText', { name })}
                pending={remove.isPending}
                act={() => remove.mutate(id)}
              />,
            ],
          }))}
        />
      )}
      <AddSigner registry={registry} />
      {data && (
        <Card title={t('ownSigner')}>
          <Facts of={[[t('fingerprint'), <CopyText key="id" text={data.own.id} what={t('fingerprint')} />]]} />
          <RawText label={t('publicKey')} text={data.own.publicKey} />
        </Card>
      )}
    </Page>
  );
}

function AddSigner({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [name, setName] = useState('');
  const [publicKey, setPublicKey] = useState('');
  const add = useStationDeed(registry, 'trust', async (api, body: { name: string; publicKey: string }) => {
    await answered(api.POST('/holdfast/v1/_signers', { body }));
    setName('');
    setPublicKey('');
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate({ name: name.trim(), publicKey });
  };
  return (
    <Card title={t('addSigner')}>
      <form className={styles.form} onSubmit={submit}>
        <Field label={t('signerName')} required>
          <Input value={name} maxLength={100} onChange={(_, { value }) => setName(value)} />
        </Field>
        <Field label={t('publicKey')} required>
          <Textarea rows={4} value={publicKey} onChange={(_, { value }) => setPublicKey(value)} />
        </Field>
        {add.error && <Problem error={add.error} registry={registry} />}
        <div>
          <Button type="submit" appearance="primary" disabledFocusable={add.isPending}>
            {t('addSigner')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
