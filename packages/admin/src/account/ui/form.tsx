import { Alert, Button, PasswordInput, Stack, Textarea, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Values } from '../../shared/plain/form.ts';
import { profileQuery, queryClient } from '../server.ts';
import { texts } from '../texts.ts';
import { type Deed, useDeed } from './deed.ts';

/** One field of a form. What kind it is follows from what a browser may fill in. */
export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  readonly kind?: 'text' | 'email' | 'password' | 'long';
  readonly autoComplete?: string;
  readonly optional?: boolean;
  readonly initial?: string | undefined;
  readonly maxLength?: number;
}

function Field({
  spec,
  faults,
}: {
  readonly spec: FieldSpec;
  readonly faults: readonly string[] | undefined;
}) {
  const {
    name,
    label,
    kind = 'text',
    autoComplete = 'off',
    optional = false,
    initial = '',
    maxLength,
  } = spec;
  const common = {
    name,
    label,
    autoComplete,
    required: !optional,
    withAsterisk: false,
    error: faults?.join(' '),
    ...(maxLength !== undefined && { maxLength }),
  };
  if (kind === 'password')
    return (
      <PasswordInput
        {...common}
        // Mantine says so for every other input by itself.
        aria-invalid={faults !== undefined}
        visibilityToggleButtonProps={{ 'aria-label': texts.showPassword }}
      />
    );
  if (kind === 'long') return <Textarea {...common} defaultValue={initial} autosize minRows={3} />;
  const plain = kind === 'email' || autoComplete === 'username';
  return (
    <TextInput
      {...common}
      type={kind}
      defaultValue={initial}
      {...(plain && { autoCapitalize: 'none', spellCheck: false })}
    />
  );
}

export interface FormProps {
  readonly fields: readonly FieldSpec[];
  readonly button: string;
  readonly run: (values: Values) => Promise<unknown>;
  /** below the fields */
  readonly children?: ReactNode;
  /** below the fault of the whole form */
  readonly help?: (deed: Deed) => ReactNode;
  readonly color?: string;
}

/** Password managers want to know whose password it is. */
function WhosePassword({ fields }: { readonly fields: readonly FieldSpec[] }) {
  const isNeeded = fields.some(({ kind }) => kind === 'password');
  if (!isNeeded || fields.some(({ autoComplete }) => autoComplete === 'username')) return null;
  const username = queryClient.getQueryData(profileQuery.queryKey)?.username ?? '';
  return <input type="text" autoComplete="username" value={username} readOnly hidden />;
}

/** Labelled fields, one button, and what the server says against it. The server alone judges the values. */
export function Form({ fields, button, run, children, help, color }: FormProps) {
  const deed = useDeed(
    run,
    fields.map(({ name }) => name),
  );
  return (
    <form onSubmit={deed.onSubmit}>
      <Stack>
        <WhosePassword fields={fields} />
        {fields.map((spec) => (
          <Field key={spec.name} spec={spec} faults={deed.faults[spec.name]} />
        ))}
        {children}
        {deed.fault !== undefined && (
          <Alert color="red" role="alert">
            {deed.fault}
          </Alert>
        )}
        {help?.(deed)}
        <Button type="submit" loading={deed.isPending} {...(color !== undefined && { color })}>
          {button}
        </Button>
      </Stack>
    </form>
  );
}

/** A current password, as the server asks for it before something that cannot be undone. */
export const CURRENT_PASSWORD: FieldSpec = {
  name: 'current_password',
  label: texts.fields.currentPassword,
  kind: 'password',
  autoComplete: 'current-password',
};

export const NEW_PASSWORD: FieldSpec = {
  name: 'new_password',
  label: texts.fields.newPassword,
  kind: 'password',
  autoComplete: 'new-password',
};
