/** One fault of a request, by a pointer into its body. */
export interface ProblemIssue {
  pointer: string;
  code: string;
  rule?: string;
  message: string;
}

/** The problem document of an answer (RFC 9457), or that there was none. */
export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail?: string;
  instance?: string;
  errors?: readonly ProblemIssue[];
}

/** What a request ended with that did not do what it should. `code` is the last part of `type`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: string;
  readonly document: ProblemDocument;

  constructor(document: ProblemDocument) {
    super(document.detail ?? document.title);
    this.document = document;
    this.code = document.type.slice(document.type.lastIndexOf(':') + 1);
  }
}

/** No answer at all: the gateway is stopped, or the way to it is broken. */
export function unreachable(): ApiProblem {
  return new ApiProblem({ type: 'urn:mra-gateway:problem:unreachable', title: '', status: 0 });
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const instance = response.headers.get('request-id');
  const fallback: ProblemDocument = {
    type: `urn:mra-gateway:problem:http-${response.status}`,
    title: response.statusText,
    status: response.status,
    ...(instance === null ? {} : { instance }),
  };
  try {
    return new ApiProblem({ ...fallback, ...((await response.json()) as Partial<ProblemDocument>) });
  } catch {
    return new ApiProblem(fallback);
  }
}
