import { type ImageConfig, type Manifest, useImageConfig } from '../api/image.ts';
import { Facts } from '../components/facts.tsx';
import { LayerBar } from '../components/layer-bar.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, formatTime, shortDigest } from '../format.ts';
import { useLanguage } from '../language/language.tsx';

const list = <T,>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);
const sizeOf = (size: unknown): number => (typeof size === 'number' && size > 0 ? size : 0);

/** Layers and configuration of one image. Whatever was pushed is shown as text, however odd. */
export function ImageParts({
  registry,
  repository,
  manifest,
}: {
  readonly registry: string;
  readonly repository: string;
  readonly manifest: Manifest;
}) {
  const { t } = useLanguage();
  const { data: config } = useImageConfig(registry, repository, manifest.config);
  const layers = list<NonNullable<Manifest['layers']>[number]>(manifest.layers);
  const steps = list<NonNullable<ImageConfig['history']>[number]>(config?.history).filter(
    (step) => step.empty_layer !== true,
  );
  const total = layers.reduce((sum, { size }) => sum + sizeOf(size), 0);
  const label = t('layersText', { count: layers.length, size: formatBytes(total) });
  return (
    <div>
      <h3>{t('layers')}</h3>
      <p>{label}</p>
      <LayerBar layers={layers} label={label} />
      <SimpleTable
        label={t('layers')}
        titles={['#', t('digest'), t('size'), t('mediaType'), t('instruction')]}
        rows={layers.map((layer, i) => ({
          key: `${i} ${layer.digest}`,
          cells: [
            i + 1,
            <code key="digest" title={layer.digest}>
              {shortDigest(String(layer.digest))}
            </code>,
            formatBytes(sizeOf(layer.size)),
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
