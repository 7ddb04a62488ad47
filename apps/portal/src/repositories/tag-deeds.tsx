import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { deleting, writing } from '../api/content.ts';
import { answered } from '../api/refusal.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Problem } from '../components/problem.tsx';
import { shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

type Tag = paths['/acr/v1/{name}/_tags/{tag}']['get']['responses']['200']['content']['application/json']['tag'];

const useStyles = makeStyles({ tools: { display: 'flex', gap: '8px', flexWrap: 'wrap' } });

interface Props {
  readonly registry: string;
  readonly repository: string;
  readonly tag: Tag;
}

/** What can be done with a tag: lock it, take it away. The second is previewed first: the manifest stays. */
export function TagDeeds({ registry, repository, tag }: Props) {
  const { t } = useLanguage();
  const styles = useStyles();
  const planes = usePlanes();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const params = { path: { name: repository, tag: tag.name } };
  const again = () =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => ['tag', 'tags', 'manifest', 'manifests', 'repository'].includes(String(queryKey[0])),
    });
  const locked = !tag.changeableAttributes.deleteEnabled;
  const lock = useMutation({
    mutationFn: async () => {
      const body = { deleteEnabled: locked, writeEnabled: locked };
      const api = planes.registry(registry, writing(repository));
      await answered(api.PATCH('/acr/v1/{name}/_tags/{tag}', { params, body }));
      await again();
    },
  });
  const untag = useMutation({
    mutationFn: () =>
      answered(planes.registry(registry, deleting(repository)).DELETE('/acr/v1/{name}/_tags/{tag}', { params })),
  });
  const error = lock.error ?? untag.error;
  if (untag.isSuccess) return <MessageBar intent="success">{t('untagged2', { tag: tag.name })}</MessageBar>;
  return (
    <>
      <div className={styles.tools}>
        <Button onClick={() => lock.mutate()} disabledFocusable={lock.isPending}>
          {t(locked ? 'unlockTag' : 'lockTag')}
        </Button>
        <Button onClick={() => setAsked(true)}>{t('untag')}</Button>
      </div>
      {error && <Problem error={error} registry={registry} />}
      {asked && (
        <MessageBar intent="warning" layout="multiline">
          <MessageBarBody>{t('untagText', { tag: tag.name, digest: shortDigest(tag.digest) })}</MessageBarBody>
          <MessageBarActions>
            <Button appearance="primary" onClick={() => untag.mutate()}>
              {t('untag')}
            </Button>
            <Button onClick={() => setAsked(false)}>{t('cancel')}</Button>
          </MessageBarActions>
        </MessageBar>
      )}
    </>
  );
}
