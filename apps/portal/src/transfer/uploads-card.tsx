import { Button, Field, Input, makeStyles, ProgressBar, Select } from '@fluentui/react-components';
import { useState } from 'react';
import { answered } from '../api/refusal.ts';
import { Card } from '../components/page.tsx';
import { Problem } from '../components/problem.tsx';
import { SimpleTable } from '../components/simple-table.tsx';
import { Starting } from '../components/starting.tsx';
import { formatBytes } from '../format.ts';
import { type Translate, useLanguage } from '../language/language.tsx';
import { DropZone } from './drop-zone.tsx';
import { type StationFile, useFiles, useStationDeed } from './station.ts';
import { type Upload, useUploads } from './uploads.ts';

const useStyles = makeStyles({
  fields: { display: 'grid', gap: '8px 16px', gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 240px), 1fr))' },
});

/** Where volumes and archives are dropped, and how far each is. What broke off goes on where it was, after a reload, too. */
export function UploadsCard({ registry }: { readonly registry: string }) {
  const { t } = useLanguage();
  const styles = useStyles();
  const [kind, setKind] = useState('volume');
  const [carriedBy, setCarriedBy] = useState('');
  const { data, error } = useFiles(registry);
  const { uploads, all } = useUploads(registry);
  const take = (files: readonly File[]) => {
    for (const file of files) void uploads.add(file, kind, carriedBy.trim(), data ?? []);
  };
  return (
    <Card title={t('receive')}>
      {error && <Problem error={error} registry={registry} />}
      <div className={styles.fields}>
        <Field label={t('whatFiles')}>
          <Select value={kind} onChange={(_, { value }) => setKind(value)}>
            <option value="volume">{t('kindVolume')}</option>
            <option value="archive">{t('kindArchive')}</option>
          </Select>
        </Field>
        <Field label={t('carriedBy')} hint={t('carriedByHint')}>
          <Input value={carriedBy} maxLength={200} onChange={(_, { value }) => setCarriedBy(value)} />
        </Field>
      </div>
      <DropZone text={t(kind === 'volume' ? 'dropVolumes' : 'dropArchives')} multiple take={take} />
      {!data && !error && <Starting />}
      <OnTheirWay registry={registry} files={data ?? []} all={all} />
    </Card>
  );
}

function OnTheirWay({
  registry,
  files,
  all,
}: {
  readonly registry: string;
  readonly files: readonly StationFile[];
  readonly all: readonly Upload[];
}) {
  const { t } = useLanguage();
  const { uploads } = useUploads(registry);
  const discard = useStationDeed(registry, 'write', async (api, { id, name, size }: Upload) => {
    uploads.drop({ id, name, size });
    if (id !== undefined) await answered(api.DELETE('/holdfast/v1/_files/{id}', { params: { path: { id } } }));
  });
  const again = useStationDeed(registry, 'write', (api, id: string) =>
    answered(api.POST('/holdfast/v1/_files/{id}/_complete', { params: { path: { id } }, body: {} })),
  );
  const rows = [...all.map((one) => merged(one, files)), ...files.filter(isLeft(all)).map(asUpload)];
  const problem = discard.error ?? again.error;
  if (rows.length === 0) return problem ? <Problem error={problem} /> : null;
  return (
    <>
      {problem && <Problem error={problem} />}
      <SimpleTable
        label={t('uploads')}
        titles={[t('name'), t('size'), t('state'), t('actions')]}
        rows={rows.map((row) => ({
          key: row.id ?? `${row.name} ${row.size}`,
          cells: [
            row.name,
            formatBytes(row.size),
            <UploadState key="state" of={row} />,
            <span key="actions">
              {row.state === 'refused' && row.id !== undefined && (
                <Button size="small" onClick={() => again.mutate(row.id ?? '')}>
                  {t('completeAgain')}
                </Button>
              )}
              {row.file?.kind === 'archive' && row.state === 'done' && (
                <ImportArchive registry={registry} file={row.file} />
              )}
              {(row.state !== 'done' || row.file?.kind === 'archive') && (
                <Button
                  size="small"
                  aria-label={t('forgetUploadOf', { name: row.name })}
                  onClick={() => discard.mutate(row)}
                >
                  {t('forgetUpload')}
                </Button>
              )}
            </span>,
          ],
        }))}
      />
    </>
  );
}

/** Sent in an earlier visit, and not shown as on its way already. */
const isLeft = (all: readonly Upload[]) => (file: StationFile) =>
  !all.some(({ id }) => id === file.id) && (file.state !== 'ready' || file.kind === 'archive');

/** How a file stands on the server counts more than how it stood when this page was done with it. */
function merged(upload: Upload, files: readonly StationFile[]): Upload {
  const file = files.find(({ id }) => id === upload.id);
  if (!file || (upload.state !== 'refused' && upload.state !== 'done')) return upload;
  return { ...upload, ...asUpload(file) };
}

function asUpload(file: StationFile): Upload {
  const { id, name, size, offset, reason } = file;
  const state = file.state === 'ready' ? 'done' : file.state === 'refused' ? 'refused' : 'waiting';
  return { id, name, size, offset, reason, state, file };
}

function UploadState({ of }: { readonly of: Upload }) {
  const { t } = useLanguage();
  return (
    <>
      {of.state === 'sending' && (
        <ProgressBar aria-label={t('uploadOf', { name: of.name })} value={of.offset / of.size} />
      )}
      {stateText(of, t)}
    </>
  );
}

function stateText({ state, offset, size, reason = '', file }: Upload, t: Translate): string {
  const values = { done: formatBytes(offset), total: formatBytes(size), reason };
  if (state === 'waiting') return t(file === undefined ? 'uploadPaused' : 'uploadWaits', values);
  const texts = { sending: 'uploading', done: 'uploadDone', refused: 'uploadRefused', failed: 'uploadFailed' } as const;
  return t(texts[state], values);
}

function ImportArchive({ registry, file }: { readonly registry: string; readonly file: StationFile }) {
  const { t } = useLanguage();
  const [repository, setRepository] = useState('');
  const push = useStationDeed(registry, 'write', (api) => {
    const params = { path: { id: file.id } };
    const body = repository === '' ? {} : { repository };
    return answered(api.POST('/holdfast/v1/_files/{id}/_import', { params, body }));
  });
  return (
    <>
      <Field label={t('importInto')} hint={t('importIntoHint')}>
        <Input size="small" value={repository} onChange={(_, { value }) => setRepository(value)} />
      </Field>
      {push.error && <Problem error={push.error} />}
      <Button size="small" disabledFocusable={push.isPending} onClick={() => push.mutate(undefined)}>
        {t('importArchive')}
      </Button>
    </>
  );
}
