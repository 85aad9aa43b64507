import { Button, Group, Modal, Stack } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { texts } from '../texts.ts';

interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** what the button says: the deed, not «OK» */
  readonly deed: string;
  /** what the other button says */
  readonly cancel?: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly isDisabled?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something is done that cannot simply be undone. */
export function Confirm(props: ConfirmProps) {
  const { isOpen, title, children, deed, isDangerous = false, isBusy = false, isDisabled = false } = props;
  return (
    <Modal
      opened={isOpen}
      stackId={useId()}
      onClose={props.onClose}
      title={title}
      closeButtonProps={{ 'aria-label': texts.common.close }}
      centered
    >
      <Stack>
        <div>{children}</div>
        <Group justify="flex-end">
          <Button variant="default" onClick={props.onClose} data-autofocus>
            {props.cancel ?? texts.common.cancel}
          </Button>
          <Button
            {...(isDangerous && { color: 'red.9' })}
            loading={isBusy}
            disabled={isDisabled}
            onClick={props.onConfirm}
          >
            {deed}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
