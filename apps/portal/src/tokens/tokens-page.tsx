import { Button } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import type { RegistryResource } from '../api/registries.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { NeedsResource } from '../registries/needs-resource.tsx';
import { TokenForm } from './token-form.tsx';
import { TokenPasswords } from './token-passwords.tsx';
import { atChild, type RegistryToken, TOKEN, tokensKey, useTokens } from './tokens.ts';

export function TokensPage() {
  return <NeedsResource title="tokens">{(resource) => <Tokens resource={resource} />}</NeedsResource>;
}

function Tokens({ resource }: { readonly resource: RegistryResource }) {
  const { t } = useLanguage();
  const { token: chosen } = useParams({ strict: false }) as { token?: string };
  const navigate = useNavigate();
  const [adding, setAdding] = useState(false);
  const { data, error } = useTokens(resource);
  if (error) return <Problem error={error} />;
  const token = data?.find(({ name }) => name.toLowerCase() === chosen?.toLowerCase());
  const made = (name: string) => {
    setAdding(false);
    void navigate({ to: `/r/${resource.name}/tokens/${name}` as '/' });
  };
  return (
    <>
      <div>
        <Button appearance="primary" aria-expanded={adding} onClick={() => setAdding(!adding)}>
          {t('createToken')}
        </Button>
      </div>
      {adding && (
        <Card title={t('createToken')}>
          <TokenForm resource={resource} done={made} />
        </Card>
      )}
      {data?.length === 0 && <p>{t('noTokens')}</p>}
      {data !== undefined && data.length > 0 && (
        <SimpleTable
          label={t('tokens')}
          titles={[t('name'), t('status'), t('scopeMap')]}
          rows={data.map(({ id, name, properties }) => ({
            key: id,
            cells: [
              <PageLink key="name" to={`/r/${resource.name}/tokens/${name}`}>
                {name}
              </PageLink>,
              t(properties.status === 'enabled' ? 'enabled' : 'disabled'),
              properties.scopeMapId.split('/').at(-1),
            ],
          }))}
        />
      )}
      {token && <TokenCard key={token.id} resource={resource} token={token} />}
    </>
  );
}

function TokenCard({ resource, token }: { readonly resource: RegistryResource; readonly token: RegistryToken }) {
  const { t } = useLanguage();
  const styles = useFormStyles();
  const [editing, setEditing] = useState(false);
  const { turn, remove } = useDeeds(resource, token);
  const on = token.properties.status === 'enabled';
  const error = turn.error ?? remove.error;
  return (
    <Card title={token.name}>
      <div className={styles.tools}>
        <Button size="small" aria-expanded={editing} onClick={() => setEditing(!editing)}>
          {t('edit')}
        </Button>
        <Button size="small" onClick={() => turn.mutate(!on)} disabledFocusable={turn.isPending}>
          {t(on ? 'disable' : 'enable')}
        </Button>
        <Confirmed
          text={t('delete')}
          consequence={t('tokenGone', { name: token.name })}
          pending={remove.isPending}
          act={() => remove.mutate()}
        />
      </div>
      {error && <Problem error={error} />}
      {editing && <TokenForm resource={resource} token={token} done={() => setEditing(false)} />}
      <TokenPasswords resource={resource} token={token} />
    </Card>
  );
}

function useDeeds(resource: RegistryResource, token: RegistryToken) {
  const { management } = usePlanes();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = atChild(resource, token.name);
  const again = () => queries.invalidateQueries({ queryKey: tokensKey(resource) });
  const turn = useMutation({
    mutationFn: (on: boolean) => {
      const body = { properties: { status: on ? 'enabled' : 'disabled' } };
      return answered(management.PATCH(TOKEN, { params, body }));
    },
    onSuccess: again,
  });
  const remove = useMutation({
    mutationFn: async () => {
      await answered(management.DELETE(TOKEN, { params }));
      await navigate({ to: `/r/${resource.name}/tokens` as '/' });
      await again();
    },
  });
  return { turn, remove };
}
