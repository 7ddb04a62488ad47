import { type Explanation, useExplanation } from '../api/deeds.ts';
import { type ImageConfig, type Manifest, useImageConfig } from '../api/image.ts';
import { Facts } from '../components/facts.tsx';
import { type DrawnLayer, LayerBar } from '../components/layer-bar.tsx';
import { PageLink } from '../components/page-link.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';

const list = <T,>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);
const sizeOf = (size: unknown): number => (typeof size === 'number' && size > 0 ? size : 0);
type Layer = Explanation['layers'][number];

/** Layers and configuration of one image. Whatever was pushed is shown as text, however odd. */
export function ImageParts({
  registry,
  repository,
  digest,
  manifest,
}: {
  readonly registry: string;
  readonly repository: string;
  readonly digest: string;
  readonly manifest: Manifest;
}) {
  const { t } = useLanguage();
  const { data: config, isLoading } = useImageConfig(registry, repository, manifest.config);
  const { data: explanation, isPending } = useExplanation(registry, repository, digest);
  const layers = list<NonNullable<Manifest['layers']>[number]>(manifest.layers);
  const steps = list<NonNullable<ImageConfig['history']>[number]>(config?.history).filter(
    (step) => step.empty_layer !== true,
  );
  const known = layers.map((layer) => explanation?.layers.find((each) => each.digest === layer.digest));
  const drawn = layers.map((layer, i) => drawnLayer(sizeOf(layer.size), known[i], t));
  const sum = (of: (layer: DrawnLayer) => boolean) =>
    formatBytes(drawn.filter(of).reduce((total, { size }) => total + size, 0));
  const text = t('layersText', { count: layers.length, size: sum(() => true) });
  const parts = [
    t('onlyHereBytes', { size: sum(({ sharing }) => sharing === 'own') }),
    t('sharedBytes', { size: sum(({ sharing }) => sharing === 'shared') }),
  ];
  const label = explanation ? `${text} · ${parts.join(' · ')}` : text;
  if (isLoading || isPending) return <Starting />;
  return (
    <div>
      <h3>{t('layers')}</h3>
      <p>{label}</p>
      <LayerBar layers={drawn} label={label} />
      <SimpleTable
        label={t('layers')}
        titles={['#', t('digest'), t('size'), t('sharing'), t('mediaType'), t('instruction')]}
        rows={layers.map((layer, i) => ({
          key: `${i} ${layer.digest}`,
          cells: [
            i + 1,
            <code key="digest" title={layer.digest}>
              {shortDigest(String(layer.digest))}
            </code>,
            formatBytes(sizeOf(layer.size)),
            <Sharers key="sharing" registry={registry} layer={known[i]} text={drawn[i]?.text ?? ''} />,
            String(layer.mediaType ?? t('unknown')),
            steps[i]?.created_by ?? '',
          ],
        }))}
      />
      <h3>{t('config')}</h3>
      {config ? <Configuration of={config} /> : <p>{t('notImage')}</p>}
    </div>
  );
}

function drawnLayer(size: number, layer: Layer | undefined, t: Translate): DrawnLayer {
  if (layer === undefined) return { size, sharing: 'own', text: '…' };
  if (!layer.stored) return { size, sharing: 'absent', text: t('notStored') };
  if (layer.manifests.length === 0 && !layer.shared) return { size, sharing: 'own', text: t('onlyHere') };
  const texts = [
    ...(layer.manifests.length > 0 ? [t('inManifests', { count: layer.manifests.length })] : []),
    ...(layer.shared ? [t('inOthers')] : []),
  ];
  return { size, sharing: 'shared', text: texts.join(', ') };
}

/** In words, and the repositories by name of which the one who looks may know. */
function Sharers({
  registry,
  layer,
  text,
}: {
  readonly registry: string;
  readonly layer: Layer | undefined;
  readonly text: string;
}) {
  if (!layer || layer.repositories.length === 0) return text;
  return (
    <>
      {text}:{' '}
      {layer.repositories.map((name, i) => (
        <span key={name}>
          {i > 0 && ', '}
          <PageLink inText to={`/r/${registry}/repo/${name}/~/tags`}>
            {name}
          </PageLink>
        </span>
      ))}
    </>
  );
}

function Configuration({ of }: { readonly of: ImageConfig }) {
  const { t } = useLanguage();
  const { config = {} } = of;
  const words = (value: unknown) => (Array.isArray(value) ? value.map(String).join(' ') : undefined);
  return (
    <Facts
      of={[
        [t('created2'), of.created === undefined ? undefined : formatTime(String(of.created))],
        [t('user'), config.User === undefined ? undefined : String(config.User)],
        [t('entrypoint'), words(config.Entrypoint)],
        [t('command'), words(config.Cmd)],
        [t('environment'), words(config.Env)],
        [
          t('labels'),
          Object.entries(config.Labels ?? {})
            .map(([name, value]) => `${name}=${String(value)}`)
            .join(', '),
        ],
      ]}
    />
  );
}
