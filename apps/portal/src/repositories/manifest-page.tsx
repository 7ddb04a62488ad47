import { useState } from 'react';
import { useManifestFacts, useTag } from '../api/content.ts';
import { type Descriptor, type Manifest, useManifest, useReferrers } from '../api/image.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Choices } from '../components/choices.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { RawText } from '../components/raw-text.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { ImageParts } from './image-parts.tsx';
import { lockText } from './state-text.ts';
import { TagDeeds } from './tag-deeds.tsx';

interface Place {
  readonly registry: string;
  readonly repository: string;
}

/** What an image is: by a tag, or by its digest. */
export function ManifestPage({
  registry,
  repository,
  tag,
  digest,
}: Place & { readonly tag?: string; readonly digest?: string }) {
  const { t } = useLanguage();
  const found = useTag(registry, repository, tag);
  const wanted = digest ?? found.data?.digest ?? '';
  const title = tag === undefined ? shortDigest(wanted) : tag;
  return (
    <Page title={title} place={`${repository} · ${registry}`}>
      {found.error && <Problem error={found.error} retry={() => void found.refetch()} registry={registry} />}
      {tag !== undefined && found.data && <TagDeeds registry={registry} repository={repository} tag={found.data} />}
      {wanted !== '' && <Head registry={registry} repository={repository} tag={tag} digest={wanted} />}
      {wanted !== '' && <Body registry={registry} repository={repository} digest={wanted} />}
      {wanted === '' && !found.error && <p>{t('starting')}…</p>}
    </Page>
  );
}

function Head({
  registry,
  repository,
  tag,
  digest,
}: Place & { readonly tag: string | undefined; readonly digest: string }) {
  const { t } = useLanguage();
  const { settings } = usePlanes();
  const { data, error } = useManifestFacts(registry, repository, digest);
  const server = loginServerOf(settings, registry);
  const pull =
    tag === undefined ? `docker pull ${server}/${repository}@${digest}` : `docker pull ${server}/${repository}:${tag}`;
  return (
    <Card title={t('manifest')}>
      {error && <Problem error={error} registry={registry} />}
      <Facts
        of={[
          [t('digest'), <CopyText key="digest" text={digest} what={t('digest')} />],
          ['Docker', <CopyText key="pull" text={pull} what={pull} />],
          [
            'az',
            <CopyText
              key="az"
              text={`az acr manifest show-metadata -r ${registry} -n ${repository}@${digest}`}
              what="az"
            />,
          ],
          [t('mediaType'), data?.mediaType],
          [t('size'), data && formatBytes(data.imageSize)],
          [
            t('platform'),
            data && (data.architecture === undefined ? t('unknown') : `${data.os ?? '?'}/${data.architecture}`),
          ],
          [t('pushed'), data && formatTime(data.createdTime)],
          [t('tags'), data && (data.tags?.join(', ') ?? t('untagged'))],
          [t('locks'), data && (lockText(data, t) ?? t('notLocked'))],
        ]}
      />
    </Card>
  );
}

function Body({ registry, repository, digest }: Place & { readonly digest: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useManifest(registry, repository, digest);
  if (error) return <Problem error={error} retry={() => void refetch()} registry={registry} />;
  if (!data) return <p>{t('starting')}…</p>;
  const { manifest, raw } = data;
  const children = Array.isArray(manifest?.manifests) ? manifest.manifests : undefined;
  return (
    <>
      {children && <Platforms registry={registry} repository={repository} of={children} />}
      {manifest && !children && <ImageParts registry={registry} repository={repository} manifest={manifest} />}
      {manifest && <Annotations of={manifest} />}
      <Referrers registry={registry} repository={repository} digest={digest} />
      <Card title={t('raw')}>
        <RawText label={t('raw')} text={raw} />
      </Card>
    </>
  );
}

const platformOf = ({ platform }: Descriptor): string | undefined =>
  platform &&
  [platform.os, platform.architecture, platform.variant]
    .filter((part) => part !== undefined)
    .map(String)
    .join('/');

/** The children of an index: each is drawn under it, none as a stray manifest without a tag. */
function Platforms({ registry, repository, of }: Place & { readonly of: readonly Descriptor[] }) {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState(of[0]?.digest ?? '');
  const child = useManifest(registry, repository, chosen);
  return (
    <Card title={t('platforms')}>
      <Choices
        label={t('platforms')}
        of={of.map((one) => ({ value: one.digest, text: platformOf(one) ?? t('unknown') }))}
        chosen={chosen}
        choose={setChosen}
      />
      <p>
        <PageLink to={`/r/${registry}/repo/${repository}/~/manifests/${chosen}`}>{shortDigest(chosen)}</PageLink>
      </p>
      {child.error && <Problem error={child.error} registry={registry} />}
      {child.data?.manifest && (
        <ImageParts registry={registry} repository={repository} manifest={child.data.manifest} />
      )}
    </Card>
  );
}

function Annotations({ of }: { readonly of: Manifest }) {
  const { t } = useLanguage();
  const annotations = Object.entries(of.annotations ?? {});
  if (annotations.length === 0) return null;
  return (
    <Card title={t('annotations')}>
      <Facts of={annotations.map(([name, value]) => [name, String(value)])} />
    </Card>
  );
}

function Referrers({ registry, repository, digest }: Place & { readonly digest: string }) {
  const { t } = useLanguage();
  const { data, error } = useReferrers(registry, repository, digest);
  return (
    <Card title={t('referrers')}>
      {error && <Problem error={error} registry={registry} />}
      {data?.length === 0 && <p>{t('noReferrers')}</p>}
      {data !== undefined && data.length > 0 && (
        <SimpleTable
          label={t('referrers')}
          titles={[t('type'), t('digest'), t('size'), t('annotations')]}
          rows={data.map((one) => ({
            key: one.digest,
            cells: [
              one.artifactType ?? one.mediaType,
              <PageLink key="digest" to={`/r/${registry}/repo/${repository}/~/manifests/${one.digest}`}>
                {shortDigest(one.digest)}
              </PageLink>,
              formatBytes(one.size),
              Object.entries(one.annotations ?? {})
                .map(([name, value]) => `${name}=${value}`)
                .join(', '),
            ],
          }))}
        />
      )}
    </Card>
  );
}
