import { Alert, Avatar, Button, Card, FileButton, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { AnswerOf } from 'latchkey-client';
import { facts } from '../../shared/facts.ts';
import type { Values } from '../../shared/plain/form.ts';
import { LONGEST } from '../../shared/plain/form-markup.ts';
import { sentenceFor } from '../sentence.ts';
import { client, pictureAt, profileQuery, queryClient } from '../server.ts';
import { texts } from '../texts.ts';
import { tell } from '../ui/deed.ts';
import { Form } from '../ui/form.tsx';
import { Loaded, Page } from '../ui/page.tsx';

type ShownProfile = AnswerOf<'GET', '/api/profile/'>;

function keep(profile: ShownProfile): void {
  queryClient.setQueryData(profileQuery.queryKey, profile);
  tell(texts.saved);
}

/** A file as the only part of a form, or no picture any more. */
function bodyOf(picture: File | null) {
  if (picture === null) return { image: null };
  const form = new FormData();
  form.append('image', picture);
  return form;
}

const DEFAULT_PICTURE = 'default.jpg';

function Picture({ profile: { image } }: { readonly profile: ShownProfile }) {
  const change = useMutation({
    mutationFn: (picture: File | null) => client.patch('/api/profile/', { body: bodyOf(picture) }),
    onSuccess: keep,
  });
  return (
    <Card withBorder>
      <Group>
        <Avatar src={pictureAt(image)} alt={texts.profile.alt} size="xl" />
        <Stack gap="xs">
          <Group gap="xs">
            <FileButton
              accept="image/png,image/jpeg,image/webp"
              onChange={(file) => file !== null && change.mutate(file)}
            >
              {(props) => (
                <Button {...props} variant="default" loading={change.isPending}>
                  {texts.profile.upload}
                </Button>
              )}
            </FileButton>
            {image !== DEFAULT_PICTURE && (
              <Button variant="subtle" color="red" onClick={() => change.mutate(null)}>
                {texts.profile.remove}
              </Button>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {texts.profile.limits}
          </Text>
        </Stack>
      </Group>
      {change.error !== null && (
        <Alert color="red" role="alert" mt="md">
          {sentenceFor(change.error)}
        </Alert>
      )}
    </Card>
  );
}

function Words({ profile }: { readonly profile: ShownProfile }) {
  const run = async ({ full_name, bio }: Values) =>
    keep(await client.patch('/api/profile/', { body: { full_name, bio } }));
  return (
    <Form
      fields={[
        {
          name: 'full_name',
          label: texts.fields.fullName,
          autoComplete: 'name',
          optional: true,
          initial: profile.full_name,
          maxLength: LONGEST.full_name,
        },
        {
          name: 'bio',
          label: texts.fields.bio,
          kind: 'long',
          optional: true,
          initial: profile.bio,
          maxLength: LONGEST.bio,
        },
      ]}
      button={texts.profile.button}
      run={run}
    />
  );
}

export function Profile() {
  const query = useQuery(profileQuery);
  return (
    <Page title={texts.profile.title}>
      <Loaded query={query}>
        {(profile) => (
          <>
            {facts.pictures && <Picture profile={profile} />}
            <Words profile={profile} />
          </>
        )}
      </Loaded>
    </Page>
  );
}
