import type { PageProps } from '../places.ts';
import { EnterpriseDetail } from './enterprise-detail.tsx';
import { EnterpriseSearch } from './enterprise-search.tsx';

/** Both sides' registers: search, and one enterprise with its history and its recognition on a day. */
export default function RegisterPage({ rest }: PageProps) {
  return rest === '' ? <EnterpriseSearch /> : <EnterpriseDetail key={rest} id={rest} />;
}
