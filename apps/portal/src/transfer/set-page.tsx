import { Button } from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import { usePlanes } from '../api/use-planes.ts';
import { Confirmed } from '../components/confirmed.tsx';
import { CopyText } from '../components/copy-text.tsx';
import { Facts } from '../components/facts.tsx';
import { useFormStyles } from '../components/form-styles.ts';
import { Card, Page } from '../components/page.tsx';
import { PageLink } from '../components/page-link.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatTime, groupDigits } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { OperationsCard } from './operations-card.tsx';
import { PlanCard } from './plan-card.tsx';
import { saveStream } from './save.ts';
import { type BundleDetail, stationApi, useBundle, useStationDeed, type Volume } from './station.ts';
import { shortSet, signerText } from './transfer-page.tsx';
import { VolumeMap } from './volume-map.tsx';

/** One bundle: what is in it, which of its volumes are here, and what can be done with it on this side. */
export function SetPage() {
  const { registry = '', set = '' } = useParams({ strict: false }) as { registry?: string; set?: string };
  const { t } = useLanguage();
  const { data, error, refetch } = useBundle(registry, set);
  return (
    <Page title={t('bundleOf', { name: shortSet(set) })} place={registry}>
      {error && <Problem error={error} retry={() => void refetch()} registry={registry} />}
      {data && <SetFacts registry={registry} bundle={data} />}
      {data && <VolumesCard registry={registry} bundle={data} />}
      {data && !data.made && <PlanCard registry={registry} bundle={data} />}
      <OperationsCard registry={registry} bundle={set} />
    </Page>
  );
}

function SetFacts({ registry, bundle }: { readonly registry: string; readonly bundle: BundleDetail }) {
  const { t } = useLanguage();
  const { summary } = bundle;
  const contents =
    summary &&
    t('contentsText', {
      tags: groupDigits(summary.tags),
      manifests: groupDigits(summary.manifests),
      blobs: groupDigits(summary.blobs),
      bytes: formatBytes(summary.contentBytes),
      manifestsHeld: groupDigits(summary.manifestsHeld),
      blobsHeld: groupDigits(summary.blobsHeld),
    });
  return (
    <Card title={t('bundle')}>
      <Facts
        of={[
          [t('digest'), <CopyText key="digest" text={bundle.bundle} what={t('digest')} />],
          [t('signer'), signerText(bundle, t)],
          [t('from'), summary?.source],
          [t('madeAt'), summary && formatTime(summary.created)],
          [t('contents'), contents],
        ]}
      />
      <details>
        <summary>{t('tags')}</summary>
        <ul>
          {bundle.tags.map(({ repository, tag, digest }) => (
            <li key={`${repository}:${tag}`} title={digest}>
              {repository}:{tag}
            </li>
          ))}
        </ul>
      </details>
      <DeleteBundle registry={registry} bundle={bundle} />
    </Card>
  );
}

function DeleteBundle({ registry, bundle }: { readonly registry: string; readonly bundle: BundleDetail }) {
  const { t } = useLanguage();
  const navigate = useNavigate();
  const remove = useStationDeed(registry, 'write', async (api) => {
    await answered(api.DELETE('/holdfast/v1/_bundles/{digest}', { params: { path: { digest: bundle.bundle } } }));
    await navigate({ to: `/r/${registry}/transfer` as '/' });
  });
  return (
    <>
      {remove.error && <Problem error={remove.error} />}
      <Confirmed
        text={t('deleteBundle')}
        consequence={t('deleteBundleText')}
        pending={remove.isPending}
        act={() => remove.mutate(undefined)}
      />
    </>
  );
}

function VolumesCard({ registry, bundle }: { readonly registry: string; readonly bundle: BundleDetail }) {
  const { t } = useLanguage();
  const forms = useFormStyles();
  return (
    <Card title={t('volumes')}>
      <VolumeMap bundle={bundle} />
      <div className={forms.tools}>
        <PageLink to={`/r/${registry}/transfer/sets/${bundle.bundle}/labels`}>{t('labelsToPrint')}</PageLink>
      </div>
      <SimpleTable
        label={t('volumes')}
        titles={[t('volume'), t('name'), t('size'), t('time'), t('carriedBy'), t('download')]}
        rows={[...bundle.volumes]
          .sort((a, b) => a.number - b.number)
          .map((volume) => ({
            key: String(volume.number),
            cells: [
              `${volume.number} / ${bundle.of}`,
              volume.name,
              formatBytes(volume.size),
              formatTime(volume.since),
              volume.carriedBy ?? '—',
              <Download key="download" registry={registry} digest={bundle.bundle} volume={volume} />,
            ],
          }))}
      />
    </Card>
  );
}

function Download({
  registry,
  digest,
  volume: { number, name, size },
}: {
  readonly registry: string;
  readonly digest: string;
  readonly volume: Volume;
}) {
  const { t } = useLanguage();
  const planes = usePlanes();
  const [done, setDone] = useState<number>();
  const [error, setError] = useState<Error>();
  const open = async () => {
    const params = { path: { digest, number: String(number) } };
    const api = stationApi(planes, registry, 'read');
    const stream = await answered(
      api.GET('/holdfast/v1/_bundles/{digest}/_volumes/{number}', { params: params as never, parseAs: 'stream' }),
    );
    return stream as unknown as ReadableStream<Uint8Array>;
  };
  const save = async () => {
    setError(undefined);
    setDone(0);
    await saveStream(name, size, open, setDone).catch((reason: unknown) => {
      if (!(reason instanceof DOMException && reason.name === 'AbortError')) setError(reason as Error);
    });
    setDone(undefined);
  };
  return (
    <>
      <Button
        size="small"
        aria-label={t('downloadOf', { number })}
        disabledFocusable={done !== undefined}
        onClick={() => void save()}
      >
        {t('download')}
      </Button>
      {done !== undefined && ` ${t('downloading', { done: formatBytes(done), total: formatBytes(size) })}`}
      {error && <Problem error={error} />}
    </>
  );
}
