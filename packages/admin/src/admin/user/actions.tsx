import { Button, Menu } from '@mantine/core';
import { type ReactNode, useRef, useState } from 'react';
import { client } from '../api/call.ts';
import { useDeed } from '../api/deed.ts';
import type { User } from '../api/types.ts';
import { texts } from '../texts.ts';
import { Confirm } from '../ui/confirm.tsx';
import { DeleteUser } from './delete.tsx';
import { useMayDo } from './may-change.ts';
import { SetPassword } from './set-password.tsx';

const said = texts.user.actions;

type Dialog = 'password' | 'deactivate' | 'delete';

/** A deed of one click: something is sent to the user. */
function useSending(user: User, what: 'send-reset' | 'send-verification', message: string) {
  return useDeed({
    run: () => client.post(`/api/admin/users/{id}/${what}/`, { path: { id: user.id } }),
    said: () => message,
  });
}

interface ItemsProps {
  readonly user: User;
  readonly onOpen: (dialog: Dialog) => void;
}

function PasswordItems({ user, onOpen }: ItemsProps) {
  const required = !user.requires_new_password;
  const sendReset = useSending(user, 'send-reset', said.resetSent);
  const sendVerification = useSending(user, 'send-verification', said.verificationSent);
  const requireNew = useDeed({
    run: () =>
      client.post('/api/admin/users/{id}/require-new-password/', {
        path: { id: user.id },
        body: { required },
      }),
    said: () => (required ? said.required : said.requiredNot),
  });
  return (
    <>
      <Menu.Item disabled={user.email === ''} onClick={() => sendReset.mutate()}>
        {said.sendReset}
      </Menu.Item>
      <Menu.Item disabled={user.email === '' || user.verified} onClick={() => sendVerification.mutate()}>
        {said.sendVerification}
      </Menu.Item>
      <Menu.Item onClick={() => requireNew.mutate()}>
        {required ? said.requireNew : said.requireNewNot}
      </Menu.Item>
      <Menu.Item onClick={() => onOpen('password')}>{said.setPassword}</Menu.Item>
    </>
  );
}

function ActiveItem({ user, onOpen }: ItemsProps) {
  const activate = useDeed({
    run: () => client.patch('/api/admin/users/{id}/', { path: { id: user.id }, body: { is_active: true } }),
    said: () => texts.common.saved,
  });
  if (user.is_active) return <Menu.Item onClick={() => onOpen('deactivate')}>{said.deactivate}</Menu.Item>;
  return <Menu.Item onClick={() => activate.mutate()}>{said.activate}</Menu.Item>;
}

function Deactivate({ user, isOpen, onClose }: DialogProps) {
  const { mutate, isPending } = useDeed({
    run: () => client.patch('/api/admin/users/{id}/', { path: { id: user.id }, body: { is_active: false } }),
    said: () => texts.common.saved,
    after: onClose,
  });
  return (
    <Confirm
      isOpen={isOpen}
      title={said.deactivate}
      deed={said.deactivate}
      isDangerous
      isBusy={isPending}
      onConfirm={() => mutate()}
      onClose={onClose}
    >
      {said.deactivateAsk(user.username)}
    </Confirm>
  );
}

/** What every dialog about a user is given. */
export interface DialogProps {
  readonly user: User;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const DIALOGS: Record<Dialog, (props: DialogProps) => ReactNode> = {
  password: SetPassword,
  deactivate: Deactivate,
  delete: DeleteUser,
};

/** What can be done for a user, or to him. */
export function UserActions({ user }: { readonly user: User }) {
  const [dialog, setDialog] = useState<Dialog>();
  const button = useRef<HTMLButtonElement>(null);
  const may = useMayDo(user);
  if (!may('change_user') && !may('delete_user')) return null;
  const items = { user, onOpen: setDialog };
  // A dialog gives the focus back to what opened it: an item of the menu, which is gone by then.
  const close = () => {
    setDialog(undefined);
    button.current?.focus();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button ref={button}>{texts.common.actions}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {may('change_user') && <PasswordItems {...items} />}
          {may('change_user') && <ActiveItem {...items} />}
          {may('delete_user') && (
            <Menu.Item c="var(--mantine-color-error)" onClick={() => setDialog('delete')}>
              {said.delete}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      {(Object.keys(DIALOGS) as Dialog[]).map((name) => {
        const Shown = DIALOGS[name];
        return <Shown key={name} user={user} isOpen={dialog === name} onClose={close} />;
      })}
    </>
  );
}
