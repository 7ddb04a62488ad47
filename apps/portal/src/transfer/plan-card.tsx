import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components';
import { answered } from '../api/refusal.ts';
import { useFormStyles } from '../components/form-styles.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { formatBytes, groupDigits, shortDigest } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { numberRanges } from './media.ts';
import { word } from './operations-card.tsx';
import { type BundleDetail, isRunning, type Plan, useOperations, useStationDeed } from './station.ts';

/** What an apply would do, before it does it; the apply waits until every volume is here. */
export function PlanCard({ registry, bundle }: { readonly registry: string; readonly bundle: BundleDetail }) {
  const { t } = useLanguage();
  const forms = useFormStyles();
  const { data: operations } = useOperations(registry);
  const params = { path: { digest: bundle.bundle } };
  const plan = useStationDeed(registry, 'write', (api) =>
    answered(api.POST('/holdfast/v1/_bundles/{digest}/_plan', { params })),
  );
  const verify = useStationDeed(registry, 'write', (api) =>
    answered(api.POST('/holdfast/v1/_bundles/{digest}/_verify', { params })),
  );
  const apply = useStationDeed(registry, 'write', (api) =>
    answered(api.POST('/holdfast/v1/_bundles/{digest}/_apply', { params })),
  );
  const busy = operations?.some((one) => one.bundle === bundle.bundle && isRunning(one)) ?? false;
  const missing = bundle.missing.length > 0;
  const error = plan.error ?? verify.error ?? apply.error;
  return (
    <Card title={t('plan')}>
      <p>{t('applyText')}</p>
      {error && <Problem error={error} registry={registry} />}
      {plan.data && <PlanText of={plan.data} />}
      <div className={forms.tools}>
        <Button disabledFocusable={plan.isPending} onClick={() => plan.mutate(undefined)}>
          {t('plan')}
        </Button>
        <Button disabledFocusable={busy || verify.isPending} onClick={() => verify.mutate(undefined)}>
          {t('verify')}
        </Button>
        <Button
          appearance="primary"
          disabledFocusable={missing || busy || apply.isPending}
          onClick={() => apply.mutate(undefined)}
        >
          {missing ? t('applyWaits', { numbers: numberRanges(bundle.missing) }) : t('apply')}
        </Button>
      </div>
    </Card>
  );
}

function PlanText({ of }: { readonly of: Plan }) {
  const { t } = useLanguage();
  const { room, lacks = [], tags, seconds, bytesToSend = 0, blobsToSend = 0, manifestsToPut = 0 } = of;
  const full = room && !(room.fits && room.siteFits);
  return (
    <>
      {room && (
        <p>
          {t('planText', {
            bytes: formatBytes(bytesToSend),
            blobs: groupDigits(blobsToSend),
            manifests: groupDigits(manifestsToPut),
            left: formatBytes(Math.max(0, room.left)),
          })}{' '}
          {seconds === undefined ? '' : t('planMinutes', { minutes: Math.max(1, Math.round(seconds / 60)) })}
        </p>
      )}
      {full && <Warning text={t('planFull', { why: t(room.fits ? 'fullSite' : 'fullRegistry') })} />}
      {lacks.length > 0 && <Warning text={t('planLacks', { count: lacks.length })} />}
      {of.quarantine && <Warning text={t('planQuarantine')} />}
      <SimpleTable
        label={t('tags')}
        titles={[t('tag'), t('digest'), t('tagStateText'), t('why')]}
        rows={tags.map((tag) => ({
          key: `${tag.repository}:${tag.tag}`,
          cells: [`${tag.repository}:${tag.tag}`, shortDigest(tag.digest), stateText(tag, t), tag.why ?? '—'],
        }))}
      />
    </>
  );
}

function stateText({ state, previous, refused }: Plan['tags'][number], t: Translate): string {
  const text = word(t, 'tag', refused ?? state);
  return previous === undefined ? text : `${text} · ${shortDigest(previous)}`;
}

function Warning({ text }: { readonly text: string }) {
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{text}</MessageBarBody>
    </MessageBar>
  );
}
