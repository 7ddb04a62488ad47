import { Button, makeStyles, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import { useReferrers } from '../api/image.ts';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({
  list: { listStyle: 'none', margin: 0, paddingInlineStart: 0 },
  inner: { paddingInlineStart: '24px', borderLeft: `1px solid ${tokens.colorNeutralStroke2}` },
  item: { margin: '4px 0', overflowWrap: 'anywhere' },
  type: { fontWeight: 600 },
});

/** Deeper ones have pages of their own. */
const DEPTH = 8;

interface Place {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
}

/** What refers to a manifest, what refers to that, and so on: each level is asked for when somebody opens it. */
export function Referrers({ registry, repository, digest, depth = 1 }: Place & { readonly depth?: number }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const { data, error } = useReferrers(registry, repository, digest);
  if (error) return <Problem error={error} registry={registry} />;
  if (!data) return <Starting />;
  if (data.length === 0) return <p>{t('noReferrers')}</p>;
  return (
    <ul className={styles.list}>
      {data.map((one) => (
        <li key={one.digest} className={styles.item}>
          <span className={styles.type}>{one.artifactType ?? one.mediaType}</span>{' '}
          <PageLink inText to={`/r/${registry}/repo/${repository}/~/manifests/${one.digest}`}>
            {shortDigest(one.digest)}
          </PageLink>{' '}
          {formatBytes(one.size)}{' '}
          {Object.entries(one.annotations ?? {})
            .map(([name, value]) => `${name}=${value}`)
            .join(', ')}
          {depth < DEPTH ? (
            <Branch registry={registry} repository={repository} digest={one.digest} depth={depth + 1} />
          ) : (
            ` ${t('referrersDepth')}`
          )}
        </li>
      ))}
    </ul>
  );
}

function Branch({ digest, depth, ...place }: Place & { readonly depth: number }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const [open, setOpen] = useState(false);
  return (
    <>
      {' '}
      <Button
        size="small"
        appearance="subtle"
        aria-expanded={open}
        aria-label={`${t('referrers')} ${shortDigest(digest)}`}
        onClick={() => setOpen(!open)}
      >
        {open ? '▾' : '▸'} {t('referrers')}
      </Button>
      {open && (
        <div className={styles.inner}>
          <Referrers {...place} digest={digest} depth={depth} />
        </div>
      )}
    </>
  );
}
