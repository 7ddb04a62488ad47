import {
  Button,
  Checkbox,
  Field,
  Input,
  MessageBar,
  MessageBarBody,
  Select,
  Textarea,
} from '@fluentui/react-components';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useRepositories } from '../api/content.ts';
import { answered } from '../api/refusal.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card, Page } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { formatBytes, groupDigits, linesOf } from '../format.ts';
import { useLanguage } from '../language/language.tsx';
import { DropZone } from './drop-zone.tsx';
import { MEDIA, volumeBytes } from './media.ts';
import { type Estimate, type Order, useStationDeed } from './station.ts';

const PLATFORMS = ['linux/amd64', 'linux/arm64', 'windows/amd64'];
const OFFERED = 20;

interface Typed {
  readonly images: string;
  readonly platform: string;
  readonly receipt: { readonly name: string; readonly text: string } | undefined;
  readonly assumeArrived: boolean;
  readonly medium: string;
  readonly ownMiB: string;
  readonly name: string;
}

const EMPTY: Typed = {
  images: '',
  platform: '',
  receipt: undefined,
  assumeArrived: false,
  medium: '',
  ownMiB: '4000',
  name: 'bundle',
};

/** Undefined where something is missing yet. */
function orderOf(typed: Typed): Order | undefined {
  const images = linesOf(typed.images);
  const bytes = volumeBytes(typed.medium, typed.ownMiB);
  if (images.length === 0 || bytes === null) return undefined;
  return {
    images,
    name: typed.name,
    ...(typed.platform === '' ? {} : { platform: typed.platform }),
    ...(bytes === undefined ? {} : { volumeBytes: bytes }),
    ...(typed.receipt ? { receipt: typed.receipt.text } : {}),
    ...(!typed.receipt && typed.assumeArrived ? { assumeArrived: true } : {}),
  };
}

/** What to send, against what the other side has, on which media: its bytes are shown before it is made. */
export function CreateBundlePage() {
  const { registry = '' } = useParams({ strict: false }) as { registry?: string };
  const { t } = useLanguage();
  const forms = useFormStyles();
  const navigate = useNavigate();
  const [typed, setTyped] = useState(EMPTY);
  const change = (more: Partial<Typed>) => setTyped((before) => ({ ...before, ...more }));
  const order = orderOf(typed);
  const estimate = useStationDeed(registry, 'write', (api, body: Order) =>
    answered(api.POST('/holdfast/v1/_bundles/_estimate', { body })),
  );
  const make = useStationDeed(registry, 'write', async (api, body: Order) => {
    await answered(api.POST('/holdfast/v1/_bundles', { body }));
    await navigate({ to: `/r/${registry}/transfer` as '/' });
  });
  const current = estimate.data && JSON.stringify(estimate.variables) === JSON.stringify(order);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (order && current) make.mutate(order);
    else if (order) estimate.mutate(order);
  };
  return (
    <Page title={t('makeBundle')} place={registry}>
      <form onSubmit={submit}>
        <ImagesCard registry={registry} typed={typed} change={change} />
        <AgainstCard typed={typed} change={change} />
        <MediaCard typed={typed} change={change} />
        <Card title={t('estimate')}>
          {estimate.error && <Problem error={estimate.error} registry={registry} />}
          {make.error && <Problem error={make.error} registry={registry} />}
          {estimate.data && <EstimateText of={estimate.data} current={current === true} />}
          <div className={forms.tools}>
            <Button disabledFocusable={!order || estimate.isPending} onClick={() => order && estimate.mutate(order)}>
              {t('seeBytes')}
            </Button>
            <Button type="submit" appearance="primary" disabledFocusable={!current || make.isPending}>
              {t('makeBundle')}
            </Button>
          </div>
        </Card>
      </form>
    </Page>
  );
}

interface Part {
  readonly typed: Typed;
  change(more: Partial<Typed>): void;
}

function ImagesCard({ registry, typed, change }: Part & { readonly registry: string }) {
  const { t } = useLanguage();
  const forms = useFormStyles();
  const [search, setSearch] = useState('');
  const found = useRepositories(registry, search);
  const names = Array.from({ length: OFFERED }, (_, rank) => found.rowAt(rank)?.name).filter(
    (name) => name !== undefined,
  );
  const add = () => {
    if (search.trim() === '') return;
    change({ images: [...linesOf(typed.images), search.trim()].join('\n') });
    setSearch('');
  };
  return (
    <Card title={t('chooseImages')}>
      <div className={forms.form}>
        <Field label={t('images')} hint={t('imagesHint')} required>
          <Textarea rows={5} value={typed.images} onChange={(_, { value }) => change({ images: value })} />
        </Field>
        <Field label={t('addImage')}>
          <Input list="repositories-to-send" value={search} onChange={(_, { value }) => setSearch(value)} />
        </Field>
        <div>
          <Button onClick={add}>{t('add')}</Button>
        </div>
        <datalist id="repositories-to-send">
          {names.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
        <Field label={t('onlyPlatform')}>
          <Select value={typed.platform} onChange={(_, { value }) => change({ platform: value })}>
            <option value="">{t('allPlatforms')}</option>
            {PLATFORMS.map((platform) => (
              <option key={platform} value={platform}>
                {platform}
              </option>
            ))}
          </Select>
        </Field>
      </div>
    </Card>
  );
}

function AgainstCard({ typed, change }: Part) {
  const { t } = useLanguage();
  const take = async ([file]: readonly File[]) => {
    if (file) change({ receipt: { name: file.name, text: await file.text() } });
  };
  return (
    <Card title={t('against')}>
      <DropZone text={t('dropReceipt')} take={(files) => void take(files)} />
      {typed.receipt ? (
        <p>
          {t('receiptTaken', { name: typed.receipt.name })}{' '}
          <Button size="small" onClick={() => change({ receipt: undefined })}>
            {t('forgetReceipt')}
          </Button>
        </p>
      ) : (
        <Checkbox
          label={t('assumeArrived')}
          checked={typed.assumeArrived}
          onChange={(_, { checked }) => change({ assumeArrived: checked === true })}
        />
      )}
    </Card>
  );
}

function MediaCard({ typed, change }: Part) {
  const { t } = useLanguage();
  const forms = useFormStyles();
  return (
    <Card title={t('splitFor')}>
      <div className={forms.form}>
        <Field label={t('splitFor')}>
          <Select value={typed.medium} onChange={(_, { value }) => change({ medium: value })}>
            <option value="">{t('oneFile')}</option>
            {MEDIA.map(({ id, name, bytes }) => (
              <option key={id} value={id}>
                {`${name} (${formatBytes(bytes)})`}
              </option>
            ))}
            <option value="own">{t('ownSize')}</option>
          </Select>
        </Field>
        {typed.medium === 'own' && (
          <Field label={t('mibEach')}>
            <Input type="number" min={1} value={typed.ownMiB} onChange={(_, { value }) => change({ ownMiB: value })} />
          </Field>
        )}
        <Field label={t('bundleName')}>
          <Input value={typed.name} onChange={(_, { value }) => change({ name: value })} />
        </Field>
      </div>
    </Card>
  );
}

function EstimateText({ of, current }: { readonly of: Estimate; readonly current: boolean }) {
  const { t } = useLanguage();
  const held = of.manifestsHeld + of.blobsHeld;
  const text =
    of.manifests + of.blobs === 0
      ? t('estimateNothing')
      : t('estimateText', { bytes: formatBytes(of.contentBytes), volumes: groupDigits(of.volumes), held });
  return (
    <MessageBar intent={current ? 'success' : 'warning'} layout="multiline">
      <MessageBarBody>
        <span title={t('bytesOf', { bytes: groupDigits(of.contentBytes) })}>{text}</span>{' '}
        {of.layersLeftOut.length > 0 && t('estimateLeftOut', { count: of.layersLeftOut.length })}{' '}
        {current ? '' : t('estimateOld')}
      </MessageBarBody>
    </MessageBar>
  );
}
