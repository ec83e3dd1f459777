// What is wrong with a request that its route's schema does not take, and what would be right.
import type { FastifyError } from 'fastify';

type Mistake = NonNullable<FastifyError['validation']>[number] & {
  readonly parentSchema?: Readonly<Record<string, unknown>>;
};

/** What would be right: of few values each, of a pattern what its schema says for people. */
function wantedText({ keyword, params, message, parentSchema }: Mistake): string {
  const { allowedValues } = params as { readonly allowedValues?: readonly unknown[] };
  if (allowedValues !== undefined) return `is one of ${allowedValues.join(', ')}`;
  const { description } = parentSchema ?? {};
  if (keyword === 'pattern' && typeof description === 'string') return `is not right: ${description}`;
  return message?.replace(/^must NOT have/, 'must not have') ?? 'makes no sense';
}

/** For who asked so. @param error of a validation */
export function badQuery(error: FastifyError): string {
  const [first] = error.validation ?? [];
  if (first === undefined) return 'the query makes no sense';
  const part = error.validationContext === 'body' ? 'field' : 'parameter';
  const parameter = first.instancePath.replace(/^\//, '');
  const { additionalProperty, missingProperty } = first.params as Readonly<
    Record<string, string | undefined>
  >;
  if (additionalProperty !== undefined)
    return `unknown ${part} ${JSON.stringify(additionalProperty)}; /api/v1/openapi.json lists what there is`;
  if (missingProperty !== undefined) return `the ${part} \`${missingProperty}\` is missing`;
  if (first.keyword === 'type' && part === 'parameter')
    return `the parameter \`${parameter}\` is there more than once`;
  return `the ${part} \`${parameter}\` ${wantedText(first)}`;
}
