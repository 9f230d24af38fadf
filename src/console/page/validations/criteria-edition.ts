import editions from '../../../../schemas/codes/criteria.json';
import { language } from '../words/language.ts';

interface Edition {
  code: string;
  categories: { number: number; label: { en: string; zh: string } }[];
}

/** What a category of an edition of the criteria is called. */
export function categoryName(criteria: string, category: number): string {
  const edition = (editions.codes as Edition[]).find(({ code }) => code === criteria);
  const label = edition?.categories.find(({ number }) => number === category)?.label;
  if (!label) return String(category);
  return language() === 'zh-CN' ? label.zh : label.en;
}
