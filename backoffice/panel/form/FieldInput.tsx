/** One field of a generated form. */
import { Suspense } from 'react';
import { lazyPart } from '../feedback/lazyPart.ts';
import { GroupInput } from './GroupInput.tsx';
import { SimpleInput, type FieldInputProps } from './SimpleInput.tsx';
import { TagsInput } from './TagsInput.tsx';

/** Lists come with their own buttons and icons; a form without one does not load them. */
const ListInput = lazyPart(async () => (await import('./ListInput.tsx')).ListInput);

/** Draws the input that fits the kind of the field. */
export function FieldInput(props: FieldInputProps) {
  switch (props.field.kind) {
    case 'group':
      return <GroupInput {...props} Field={FieldInput} />;
    case 'list':
      return (
        <Suspense fallback={null}>
          <ListInput {...props} Field={FieldInput} />
        </Suspense>
      );
    case 'texts':
      return <TagsInput {...props} />;
    case 'json':
      return null;
    default:
      return <SimpleInput {...props} />;
  }
}
