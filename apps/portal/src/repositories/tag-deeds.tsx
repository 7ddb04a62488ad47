import { Button, MessageBar, makeStyles } from '@fluentui/react-components';
import { useMutation } from '@tanstack/react-query';
import { deleting, writing } from '../api/content.ts';
import { useContentChanged } from '../api/deeds.ts';
import { answered } from '../api/refusal.ts';
import type { paths } from '../api/schema.d.ts';
import { usePlanes } from '../api/use-planes.ts';
import { PreviewedDeed } from '../components/deed.tsx';
import { Problem } from '../components/problem.tsx';
import { shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { UntaggedLately, useRememberUntagged } from './untagged-lately.tsx';

type Tag = paths['/acr/v1/{name}/_tags/{tag}']['get']['responses']['200']['content']['application/json']['tag'];

const useStyles = makeStyles({ tools: { display: 'flex', gap: '8px', flexWrap: 'wrap', alignItems: 'start' } });

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
  const changed = useContentChanged();
  const remember = useRememberUntagged(registry, repository);
  const params = { path: { name: repository, tag: tag.name } };
  const locked = !tag.changeableAttributes.deleteEnabled;
  const lock = useMutation({
    mutationFn: async () => {
      const body = { deleteEnabled: locked, writeEnabled: locked };
      const api = planes.registry(registry, writing(repository));
      await answered(api.PATCH('/acr/v1/{name}/_tags/{tag}', { params, body }));
      await changed();
    },
  });
  const untag = useMutation({
    mutationFn: () =>
      answered(planes.registry(registry, deleting(repository)).DELETE('/acr/v1/{name}/_tags/{tag}', { params })),
    onSuccess: () => {
      remember({ tag: tag.name, digest: tag.digest, at: new Date().toISOString() });
      return changed(true);
    },
  });
  const error = lock.error ?? untag.error;
  if (untag.isSuccess) {
    return (
      <>
        <MessageBar intent="success">{t('untagged2', { tag: tag.name })}</MessageBar>
        <UntaggedLately registry={registry} repository={repository} tag={tag.name} />
      </>
    );
  }
  return (
    <>
      <div className={styles.tools}>
        <Button onClick={() => lock.mutate()} disabledFocusable={lock.isPending}>
          {t(locked ? 'unlockTag' : 'lockTag')}
        </Button>
        <PreviewedDeed name={t('untag')} pending={untag.isPending} perform={() => untag.mutate()}>
          {t('untagText', { tag: tag.name, digest: shortDigest(tag.digest) })}
        </PreviewedDeed>
      </div>
      {error && <Problem error={error} registry={registry} />}
    </>
  );
}
