import { Button, MessageBar, MessageBarActions, MessageBarBody } from '@fluentui/react-components';
import { useState } from 'react';
import { useLanguage } from '../language/language.tsx';

/** A deed with what follows from it said first; only then is there the button that does it. */
export function Confirmed({
  text,
  label = text,
  consequence,
  pending,
  act,
}: {
  readonly text: string;
  /** For screen readers, where several buttons have one text. */
  readonly label?: string;
  readonly consequence: string;
  readonly pending: boolean;
  act(): void;
}) {
  const { t } = useLanguage();
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <Button size="small" aria-label={label} onClick={() => setAsked(true)} disabledFocusable={pending}>
        {text}
      </Button>
    );
  }
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{consequence}</MessageBarBody>
      <MessageBarActions>
        <Button
          appearance="primary"
          onClick={() => {
            setAsked(false);
            act();
          }}
        >
          {text}
        </Button>
        <Button onClick={() => setAsked(false)}>{t('cancel')}</Button>
      </MessageBarActions>
    </MessageBar>
  );
}
