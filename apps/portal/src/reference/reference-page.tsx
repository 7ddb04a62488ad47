import { Field, Input, makeStyles, tokens } from '@fluentui/react-components';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import address from '../../../../docs/reference/openapi.json?url';
import { Card, Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { useLanguage } from '../language/language.tsx';
import { type Answer, type Body, type Description, matches, type Operation, operationsOf } from './description.ts';

const PLANES = ['registry', 'management', 'directory', 'identity', 'portal'] as const;

const useStyles = makeStyles({
  method: { fontFamily: tokens.fontFamilyMonospace, fontWeight: 600, marginInlineEnd: '8px' },
  path: { fontFamily: tokens.fontFamilyMonospace, overflowWrap: 'anywhere' },
  summary: { cursor: 'pointer', padding: '4px 0' },
  inside: { padding: '4px 0 12px 16px', display: 'flex', flexDirection: 'column', rowGap: '8px' },
  type: { margin: 0, overflowX: 'auto', fontFamily: tokens.fontFamilyMonospace },
});

async function loadOperations(): Promise<Operation[]> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  return operationsOf((await answer.json()) as Description);
}

/** The API of the site, from the description that the portal's own client is made of; works signed out, and loads nothing from elsewhere. */
export function ReferencePage() {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const { q = '' } = useSearch({ strict: false }) as { q?: string };
  const { data, error } = useQuery({
    queryKey: ['reference'],
    queryFn: loadOperations,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const found = (data ?? []).filter((operation) => matches(operation, q));
  return (
    <Page title={t('apiReference')}>
      <p>{t('apiReferenceText')}</p>
      <Field label={t('search')}>
        <Input
          type="search"
          value={q}
          onChange={(_, { value }) =>
            void navigate({ to: '.', search: (value === '' ? {} : { q: value }) as never, replace: true })
          }
        />
      </Field>
      {error && <Problem error={error} />}
      {data && <p role="status">{t('apiFound', { count: found.length, of: data.length })}</p>}
      {PLANES.map((plane) => {
        const operations = found.filter((operation) => operation.plane === plane);
        if (operations.length === 0) return null;
        return (
          <Card key={plane} title={t(plane)}>
            {operations.map((operation) => (
              <Described key={`${operation.method} ${operation.path}`} operation={operation} />
            ))}
          </Card>
        );
      })}
    </Page>
  );
}

function Described({ operation }: { readonly operation: Operation }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { id, method, path, signedIn, parameters, request, answers } = operation;
  return (
    <details>
      <summary className={styles.summary}>
        <span className={styles.method}>{method}</span>
        <span className={styles.path}>{path}</span>
      </summary>
      <div className={styles.inside}>
        <p>
          <code>{id}</code> · {t(signedIn ? 'apiSignedIn' : 'apiOpen')}
        </p>
        {parameters.length > 0 && (
          <SimpleTable
            label={t('apiParameters')}
            titles={[t('name'), t('apiWhere'), t('apiRequired')]}
            rows={parameters.map(({ name, in: where, required }) => ({
              key: `${where} ${name}`,
              cells: [name, where, required ? '✔' : ''],
            }))}
          />
        )}
        {request && <Typed title={t('apiRequest')} body={request} />}
        {answers.map((answer) => (
          <Answered key={answer.statuses.join()} answer={answer} />
        ))}
        {answers.length === 0 && <p>{t('apiRefuses')}</p>}
      </div>
    </details>
  );
}

function Answered({ answer: { statuses, body } }: { readonly answer: Answer }) {
  const { t } = useLanguage();
  const title = `${t('apiAnswer')} ${statuses.join(', ')}`;
  if (body) return <Typed title={title} body={body} />;
  return (
    <p>
      {title}: {t('apiEmpty')}
    </p>
  );
}

function Typed({ title, body: { mediaType, type } }: { readonly title: string; readonly body: Body }) {
  const styles = useStyles();
  return (
    <section aria-label={title}>
      <p>
        {title}: <code>{mediaType}</code>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre className={styles.type} tabIndex={0}>
        {type}
      </pre>
    </section>
  );
}
