import { type AuditAlert, listAuditAlerts } from '../../../audit/list-alerts.ts';
import type { Database } from '../../../store/database.ts';
import type { Words } from '../../lanes/why-it-waits.ts';
import { inChinese } from '../../words/in-chinese.ts';
import type { AlertSource, Severity } from '../alert.ts';

const WORDS: Record<AuditAlert['code'], Words & { severity: Severity }> = {
  'audit-not-cosigned': {
    severity: 'warning',
    en: 'the partner does not cosign our log',
    zh: '对方未见证本方审计日志',
  },
  'audit-witness-refuses': {
    severity: 'critical',
    en: "the partner's witness refuses our log",
    zh: '对方见证拒绝本方审计日志',
  },
  'audit-restored': {
    severity: 'critical',
    en: 'our log is behind what the partner has cosigned',
    zh: '本方审计日志落后于对方已见证的内容',
  },
  'audit-forked': {
    severity: 'critical',
    en: 'our log is not the one that the partner has cosigned',
    zh: '本方审计日志与对方已见证的不一致',
  },
  'audit-partner-forked': {
    severity: 'critical',
    en: "the partner's log says two things",
    zh: '对方审计日志出现分叉',
  },
  'audit-mirror-late': {
    severity: 'warning',
    en: "the partner's log is not kept here as far as we cosigned it",
    zh: '对方审计日志的副本落后于本方已见证的内容',
  },
  'audit-mirror-broken': {
    severity: 'critical',
    en: "the partner's log does not fit its checkpoint",
    zh: '对方审计日志与其检查点不符',
  },
  'audit-entries-pending': { severity: 'warning', en: 'our log is not written', zh: '本方审计日志未在写入' },
};

/** What is wrong with our audit log and with those that we watch. */
export function auditAlerts(database: Pick<Database, 'query'>): AlertSource {
  return async (now) =>
    (await listAuditAlerts(database, now)).map(({ code, link, since, detail }) => {
      const { severity, en, zh } = WORDS[code];
      const at = link === null ? '' : `${link}: `;
      return {
        code,
        severity,
        since,
        link,
        text: { en: `${at}${en}: ${detail}`, zh: `${at}${zh}：${inChinese(detail)}` },
      };
    });
}
