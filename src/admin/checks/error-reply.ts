// What went wrong as a reply: its status, its code, and the sentence that says what would be right.
import type { FastifyError, FastifyReply } from 'fastify';
import { CodedError } from '../../config/coded-error.ts';
import type { ErrorCode } from '../../config/error-codes.ts';
import { RouteError } from '../route.ts';
import { badQuery } from './bad-query.ts';

/** What is named is not there. */
const NOBODY: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['BAD_CLIENT', 'BAD_GROUP', 'BAD_LIST']);

/** What was thrown, as the reply that says what is wrong. */
export function sendError(
  error: FastifyError | CodedError,
  reply: FastifyReply,
  report: (error: unknown) => void,
  isForPage: boolean,
): FastifyReply {
  // A browser that a provider sent back shows it to a person, as it is.
  if (error instanceof RouteError && error.code === 'OIDC' && isForPage)
    return reply
      .code(error.status)
      .type('text/plain; charset=utf-8')
      .serializer(String)
      .send(`cenote: ${error.message}\n\nGo back to the page to sign in again.\n`);
  if (error instanceof RouteError) {
    reply.headers(error.headers);
    return send(reply, error.status, error.code, error.message);
  }
  if (error instanceof CodedError && NOBODY.has(error.code))
    return send(reply, 404, error.code, error.message);
  // What was asked for lies elsewhere, and that place does not give it. No 502: a proxy would take cenote itself for gone.
  if (error instanceof CodedError && error.code === 'REPORT_UNREACHABLE')
    return send(reply, 424, error.code, error.message);
  // What somebody wanted changed, and was not.
  if (error instanceof CodedError && /^(EDIT_|REPORT_WRITE$)/.test(error.code))
    return send(reply, 409, error.code, error.message);
  // A name, type or time that cannot be read.
  if (error instanceof CodedError && /^(BAD|REPORT)_/.test(error.code))
    return send(reply, 400, error.code, error.message);
  if (!(error instanceof CodedError)) {
    if (error.validation !== undefined) return send(reply, 400, 'BAD_QUERY', badQuery(error));
    const status = error.statusCode ?? 500;
    if (status === 413) return send(reply, status, 'BODY_TOO_LARGE', 'the body is too large');
    if (status === 400 && error.code?.endsWith('_JSON_BODY'))
      return send(reply, status, 'NOT_JSON', 'the body is no JSON');
    if (status < 500) return send(reply, status, 'BAD_REQUEST', 'the request makes no sense');
  }
  report(error);
  return send(reply, 500, 'INTERNAL', 'something went wrong here; the log says what');
}

/** As every error of the API is. */
export function send(reply: FastifyReply, status: number, code: ErrorCode, message: string): FastifyReply {
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error: { code, message } });
}
