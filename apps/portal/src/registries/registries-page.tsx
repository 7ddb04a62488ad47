import { Button, Field, Input, makeStyles } from '@fluentui/react-components';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { placeOf, type RegistryResource, useRegistries, useUsage } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { CopyText } from '../components/copy-text.tsx';
import { Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatShare, formatTime } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({
  tools: { display: 'flex', gap: '16px', flexWrap: 'wrap', alignItems: 'flex-end' },
  reserved: { minHeight: '160px' },
});

export function RegistriesPage() {
  const { t } = useLanguage();
  const styles = useStyles();
  const navigate = useNavigate();
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { data, error, isPending, refetch } = useRegistries();
  const wanted = q.toLowerCase();
  const rows = (data ?? []).filter(({ name, properties }) =>
    `${name} ${properties.loginServer}`.toLowerCase().includes(wanted),
  );
  return (
    <Page title={t('registries')} actions={<PageLink to="/registries/new">{t('create')}</PageLink>}>
      <div className={styles.tools}>
        <Field label={t('search')}>
          <Input
            type="search"
            value={q}
            onChange={(_, { value }) =>
              void navigate({ to: '.', search: (value === '' ? {} : { q: value }) as never, replace: true })
            }
          />
        </Field>
        <OpenByName />
      </div>
      {error && <Problem error={error} retry={() => void refetch()} />}
      <div className={styles.reserved} aria-busy={isPending}>
        {isPending && <Starting />}
        {data?.length === 0 && <p>{t('noRegistries')}</p>}
        {data !== undefined && data.length > 0 && (
          <SimpleTable
            label={t('registries')}
            titles={[t('name'), t('loginServer'), t('usage'), t('state'), t('group'), t('created')]}
            rows={rows.map((registry) => ({ key: registry.id, cells: cellsOf(registry) }))}
          />
        )}
      </div>
      {data !== undefined && data.length > 0 && <p>{t('alsoPull')}</p>}
    </Page>
  );
}

function cellsOf(registry: RegistryResource) {
  const { name, properties } = registry;
  return [
    <PageLink key="name" to={`/r/${name}`}>
      {name}
    </PageLink>,
    <CopyText key="server" text={properties.loginServer} what={properties.loginServer} />,
    <UsageText key="usage" registry={registry} />,
    <Ready key="state" state={properties.provisioningState} />,
    placeOf(registry).group,
    formatTime(properties.creationDate),
  ];
}

function Ready({ state }: { readonly state: string }) {
  const { t } = useLanguage();
  return state === 'Succeeded' ? `● ${t('ready')}` : `▲ ${state}`;
}

function UsageText({ registry }: { readonly registry: RegistryResource }) {
  const { data } = useUsage(registry);
  if (!data) return '…';
  return `${formatBytes(data.currentValue)} / ${formatBytes(data.limit)} (${formatShare(data.currentValue, data.limit)})`;
}

/** Whoever may only pull sees no registry in a list, on Azure as here (FAQ 14). */
function OpenByName() {
  const { t } = useLanguage();
  const styles = useStyles();
  const navigate = useNavigate();
  const { settings } = usePlanes();
  const [server, setServer] = useState('');
  const open = (event: FormEvent) => {
    event.preventDefault();
    const name = server.trim().toLowerCase().split('.')[0] ?? '';
    if (/^[a-z0-9]{5,50}$/.test(name)) void navigate({ to: `/r/${name}/repositories` as '/' });
  };
  return (
    <form className={styles.tools} onSubmit={open}>
      <Field label={t('openByName')}>
        <Input
          value={server}
          placeholder={`…${settings.loginServerSuffix}`}
          onChange={(_, { value }) => setServer(value)}
        />
      </Field>
      <Button type="submit">{t('open')}</Button>
    </form>
  );
}
