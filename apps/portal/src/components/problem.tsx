import {
  Button,
  MessageBar,
  MessageBarActions,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
} from '@fluentui/react-components';
import { Refusal } from '../api/refusal.ts';
import { useLanguage } from '../language/language.tsx';
import { PageLink } from './page-link.tsx';

const useStyles = makeStyles({ body: { whiteSpace: 'normal', overflowWrap: 'anywhere' } });

/** Why something was not done: the server's own words, the correlation id, and what to try. No answer at all leads to the check. */
export function Problem({
  error,
  retry,
  registry,
}: {
  readonly error: Error;
  retry?(): void;
  readonly registry?: string;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const refusal = error instanceof Refusal ? error : undefined;
  return (
    <MessageBar intent="error" layout="multiline" role="alert">
      <MessageBarBody className={styles.body}>
        <MessageBarTitle>{t('refused')}</MessageBarTitle> {error.message}
        {refusal?.correlationId ? ` ${t('correlation')}: ${refusal.correlationId}` : ''}
        {refusal ? null : (
          <>
            {' '}
            <PageLink inText to="/check" search={registry === undefined ? {} : { registry }}>
              {t('check')}
            </PageLink>
          </>
        )}
      </MessageBarBody>
      {retry && (
        <MessageBarActions>
          <Button onClick={retry}>{t('retry')}</Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
