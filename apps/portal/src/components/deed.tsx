import { Button, MessageBar, MessageBarActions, MessageBarBody, makeStyles } from '@fluentui/react-components';
import { type ReactNode, useState } from 'react';
import { useLanguage } from '../language/language.tsx';

const useStyles = makeStyles({ body: { whiteSpace: 'normal', overflowWrap: 'anywhere' } });

/** A button whose consequences are shown before it does anything. Leaving without the deed changes nothing. */
export function PreviewedDeed({
  name,
  pending,
  children,
  perform,
}: {
  readonly name: string;
  readonly pending: boolean;
  /** What follows, once it is asked for. */
  readonly children: ReactNode;
  perform(): void;
}) {
  const { t } = useLanguage();
  const styles = useStyles();
  const [asked, setAsked] = useState(false);
  if (!asked) return <Button onClick={() => setAsked(true)}>{name}</Button>;
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody className={styles.body}>{children}</MessageBarBody>
      <MessageBarActions>
        <Button
          appearance="primary"
          disabledFocusable={pending}
          onClick={() => {
            perform();
            setAsked(false);
          }}
        >
          {name}
        </Button>
        <Button onClick={() => setAsked(false)}>{t('cancel')}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
