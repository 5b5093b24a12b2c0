import { jsonSchemaOf, type StandardSchema } from '../records/standardSchema.ts';

/** Several schemas as one: each judges what the one before wrote, up to the first that refuses. */
export function acceptAll(schemas: readonly StandardSchema[]): StandardSchema {
  const [only] = schemas;
  if (only && schemas.length === 1) return only;
  return {
    '~standard': {
      version: 1,
      vendor: 'backoffice-sync',
      validate: async (value) => {
        let current = value;
        for (const schema of schemas) {
          const result = await schema['~standard'].validate(current);
          if (result.issues !== undefined) return result;
          current = result.value;
        }
        return { value: current };
      },
      jsonSchema: {
        input: () => ({
          properties: Object.assign({}, ...schemas.map((schema) => jsonSchemaOf(schema)?.['properties'] ?? {})),
        }),
      },
    },
  };
}
