import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTagBack } from '../api/tag-back.ts';
import { Problem } from '../components/problem.tsx';
import { formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

/** A tag that was taken away on this page, as long as it is offered to put it back. */
interface Untagged {
  readonly tag: string;
  readonly digest: string;
  readonly at: string;
}

const OFFERED_MS = 15 * 60_000;
const NONE: readonly Untagged[] = [];

const useStyles = makeStyles({ body: { whiteSpace: 'normal', overflowWrap: 'anywhere' } });

const keyOf = (registry: string, repository: string) => ['untagged lately', registry, repository];

export function useRememberUntagged(registry: string, repository: string): (untagged: Untagged) => void {
  const queries = useQueryClient();
  return (untagged) =>
    queries.setQueryData<readonly Untagged[]>(keyOf(registry, repository), (before = NONE) => [
      untagged,
      ...before.filter(({ tag }) => tag !== untagged.tag),
    ]);
}

/** Tags that were taken away a while ago, each with its undo: the digest is known, and the manifest is still there. */
export function UntaggedLately({
  registry,
  repository,
  tag,
}: {
  readonly registry: string;
  readonly repository: string;
  /** Of this tag alone. */
  readonly tag?: string;
}) {
  const { data = NONE } = useQuery<readonly Untagged[]>({
    queryKey: keyOf(registry, repository),
    queryFn: () => NONE,
    initialData: NONE,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: OFFERED_MS,
  });
  const offered = data.filter(
    (one) => (tag === undefined || one.tag === tag) && Date.now() - Date.parse(one.at) < OFFERED_MS,
  );
  return (
    <>
      {offered.map((one) => (
        <Offer key={`${one.tag} ${one.at}`} registry={registry} repository={repository} untagged={one} />
      ))}
    </>
  );
}

function Offer({
  registry,
  repository,
  untagged: { tag, digest, at },
}: {
  readonly registry: string;
  readonly repository: string;
  readonly untagged: Untagged;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const putBack = useTagBack(registry, repository);
  const undo = useMutation({ mutationFn: () => putBack(tag, digest) });
  if (undo.data?.state === 'back') {
    return <MessageBar intent="success">{t('tagBack', { tag, digest: shortDigest(digest) })}</MessageBar>;
  }
  return (
    <MessageBar intent={undo.data ? 'warning' : 'info'} layout="multiline">
      <MessageBarBody className={styles.body}>
        {undo.data
          ? t('tagElsewhere', { tag, digest: shortDigest(undo.data.digest) })
          : t('untaggedLately', { tag, digest: shortDigest(digest), time: formatTime(at) })}
        {undo.error && <Problem error={undo.error} registry={registry} />}
      </MessageBarBody>
      {!undo.data && (
        <MessageBarActions>
          <Button disabledFocusable={undo.isPending} aria-label={t('undoOf', { tag })} onClick={() => undo.mutate()}>
            {t('undo')}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
