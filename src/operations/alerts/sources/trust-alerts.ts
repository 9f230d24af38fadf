import type { TrustAlert } from '../../../keys/trust-alerts.ts';
import type { TrustWatch } from '../../../keys/watch-trust.ts';
import { inChinese } from '../../words/in-chinese.ts';
import type { AlertSource } from '../alert.ts';

const ZH: Record<TrustAlert['code'], string> = {
  expiry: '密钥或证书即将到期',
  'partner-key-announced': '对方宣布了新密钥',
  'partner-key-refused': '对方宣布的密钥未被接受',
  'key-unconfirmed': '对方尚未确认本方的下一密钥',
  'reload-failed': '密钥或证书文件无法读取',
};

/** What stands against keys and certificates. */
export function trustAlertSource(watch: Pick<TrustWatch, 'alerts'>): AlertSource {
  return async () =>
    (await watch.alerts()).map(({ code, severity, subject, link, message, since }) => ({
      code,
      severity,
      since,
      link,
      subject,
      text: {
        en: link === null ? message : `${link}: ${message}`,
        zh: `${link === null ? '' : `${link}：`}${ZH[code]}（${subject}）：${inChinese(message)}`,
      },
    }));
}
