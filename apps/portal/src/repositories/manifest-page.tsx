import { useState } from 'react';
import { useManifestFacts, useTag } from '../api/content.ts';
import { useExplanation } from '../api/deeds.ts';
import { type Descriptor, type Manifest, useManifest } from '../api/image.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Choices } from '../components/choices.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { type Fact, Facts } from '../components/facts.tsx';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { loginServerOf } from '../settings.ts';
import { ImageParts } from './image-parts.tsx';
import { ManifestDeeds } from './manifest-deeds.tsx';
import { NeededBy } from './needed-by.tsx';
import { RawBytes } from './raw-bytes.tsx';
import { Referrers } from './referrers.tsx';
import { lockSourceText, lockText, quarantineSourceText, quarantineText } from './state-text.ts';
import { TagDeeds } from './tag-deeds.tsx';
import { pullText } from './tags.tsx';

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
  const found = useTag(registry, repository, tag);
  const wanted = digest ?? found.data?.digest ?? '';
  const title = tag === undefined ? shortDigest(wanted) : tag;
  return (
    <Page title={title} place={`${repository} · ${registry}`}>
      {found.error && <Problem error={found.error} retry={() => void found.refetch()} registry={registry} />}
      {tag !== undefined && found.data && <TagDeeds registry={registry} repository={repository} tag={found.data} />}
      {wanted !== '' && <Head registry={registry} repository={repository} tag={tag} digest={wanted} />}
      {wanted !== '' && <Body registry={registry} repository={repository} digest={wanted} />}
      {wanted === '' && !found.error && <Starting />}
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
  const explanation = useExplanation(registry, repository, digest);
  const server = loginServerOf(settings, registry);
  const settled = (data ?? error) && (explanation.data ?? explanation.error);
  const facts: Fact[] = [
    [t('mediaType'), data?.mediaType],
    [t('size'), data && formatBytes(data.imageSize)],
    [
      t('platform'),
      data && (data.architecture === undefined ? t('unknown') : `${data.os ?? '?'}/${data.architecture}`),
    ],
    [t('pushed'), data && formatTime(data.createdTime)],
    [t('tags'), data && (data.tags?.join(', ') ?? t('untagged'))],
    [t('pushedBy'), explanation.data?.pushedBy],
    [t('lastPull'), explanation.data && pullText(explanation.data, t)],
    [t('locks'), data && (lockText(data, t) ?? t('notLocked'))],
    [t('lockSource'), explanation.data?.lock && lockSourceText(explanation.data.lock, t)],
    [t('quarantine'), data && (quarantineText(data.changeableAttributes, t) ?? t('quarantineOff'))],
    [
      t('quarantineSource'),
      explanation.data?.quarantine && quarantineSourceText(digest, explanation.data.quarantine, t),
    ],
    [t('scannerSaid'), data?.changeableAttributes.quarantineDetails],
  ];
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
          ...(settled ? facts : []),
        ]}
      />
      {!settled && <Starting />}
      {settled && data && (
        <ManifestDeeds registry={registry} repository={repository} manifest={data} explanation={explanation.data} />
      )}
    </Card>
  );
}

function Body({ registry, repository, digest }: Place & { readonly digest: string }) {
  const { t } = useLanguage();
  const { data, error, refetch } = useManifest(registry, repository, digest);
  const explanation = useExplanation(registry, repository, digest);
  if (error) return <Problem error={error} retry={() => void refetch()} registry={registry} />;
  if (!data) return <Starting />;
  const { manifest, raw } = data;
  const children = Array.isArray(manifest?.manifests) ? manifest.manifests : undefined;
  return (
    <>
      {children && <Platforms registry={registry} repository={repository} of={children} />}
      {manifest && !children && (
        <ImageParts registry={registry} repository={repository} digest={digest} manifest={manifest} />
      )}
      {manifest && <Annotations of={manifest} />}
      {explanation.error && <Problem error={explanation.error} registry={registry} />}
      {explanation.isPending && <Starting />}
      {explanation.data && <NeededBy page={`/r/${registry}/repo/${repository}/~`} explanation={explanation.data} />}
      <Card title={t('referrers')}>
        <Referrers registry={registry} repository={repository} digest={digest} />
      </Card>
      <RawBytes digest={digest} raw={raw} type={manifest?.mediaType ?? t('unknown')} />
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
        <ImageParts registry={registry} repository={repository} digest={chosen} manifest={child.data.manifest} />
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
