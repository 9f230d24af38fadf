import type { Words } from '../lanes/why-it-waits.ts';

/** What an operator does first, by alert; the section of this name in docs/operating.md says more. */
export const whatToDo = {
  'partner-unreachable': {
    en: 'Call the partner’s shift; check the line and the firewall. Nothing is lost: lanes go on by themselves.',
    zh: '联系对方值班人员，检查线路与防火墙。报文不会丢失，恢复后通道自动续发。',
  },
  'lane-backing-off': {
    en: 'Read the last error on the lane’s page. When the partner is well again, trigger the lane.',
    zh: '在通道页查看最近一次错误；对方恢复后可立即触发该通道。',
  },
  'lane-paused': {
    en: 'Resume the lane when the reason for its pause is gone.',
    zh: '暂停原因消除后恢复该通道。',
  },
  'link-halted': {
    en: 'Read the reason. Compare with the partner, recover if this side was restored, then resume the link.',
    zh: '查看停止原因；与对方对账，如本方曾恢复备份则先执行恢复，然后恢复链路。',
  },
  'message-parked': {
    en: 'Open the dead letters: retry what was mended at the partner, withdraw what should not be sent.',
    zh: '打开死信：对方已修复的重发，不应发送的撤回。',
  },
  'message-refused': {
    en: 'Open the dead letters: resubmit with corrected data, or dismiss.',
    zh: '打开死信：更正数据后重新提交，或予以了结。',
  },
  quarantined: {
    en: 'Open the quarantine: tell the partner what is wrong with the messages, then dismiss them.',
    zh: '打开隔离区：告知对方报文的错误，然后了结。',
  },
  'versions-missing': {
    en: 'The partner is asked by itself. If it lasts, compare with the partner.',
    zh: '系统会自动向对方索取；如持续存在，请与对方对账。',
  },
  'outbox-near-full': {
    en: 'Find out why the partner does not take messages. At the limit back ends are answered 503.',
    zh: '查明对方为何不接收；达到上限后后台系统将收到 503。',
  },
  'intake-closed': {
    en: 'Compare the link; if this side was restored from a backup, recover it first.',
    zh: '对该链路执行对账；如本方曾恢复备份，请先执行恢复。',
  },
  'receipts-overdue': {
    en: 'Ask the partner’s shift whether its gateway issues receipts; compare with the partner.',
    zh: '询问对方网关是否正常签发回执；与对方对账。',
  },
  'clock-skew': {
    en: 'Check the time service of both gateways; beyond the tolerance messages are refused.',
    zh: '检查双方网关的时间同步；超出容差后报文将被拒收。',
  },
  'partitions-missing': {
    en: 'Look for errors of the partition renewal in the log; run mra migrate. Messages of that month could not be stored.',
    zh: '检查日志中分区更新的错误并执行 mra migrate；缺少分区的月份无法存储报文。',
  },
  'ledger-differs': {
    en: 'Open the comparisons of the link; settle with the partner which history stands.',
    zh: '打开该链路的对账结果，与对方确定以哪一方记录为准。',
  },
  'register-differs': {
    en: 'Open the reconciliation and settle each difference with the partner.',
    zh: '打开登记对账，逐项与对方核实差异。',
  },
  'queue-down': {
    en: 'Bring Redis back. Meanwhile lanes are drained without it, a few seconds later.',
    zh: '恢复 Redis；其间通道不经队列发送，仅延迟数秒。',
  },
  'notices-stuck': {
    en: 'Check the webhook’s address and whether it answers; alerts are in the log meanwhile.',
    zh: '检查通知地址是否可达；其间告警仍写入日志。',
  },
  'audit-not-cosigned': {
    en: 'Check that the partner’s witness answers; entries wait for its word.',
    zh: '检查对方见证是否应答；审计条目正等待其见证。',
  },
  'audit-witness-refuses': {
    en: 'Compare the pinned audit keys of both sides.',
    zh: '核对双方固定的审计密钥。',
  },
  'audit-restored': {
    en: 'This side lost entries that the partner has cosigned: mra audit recover.',
    zh: '本方丢失了对方已见证的条目：执行 mra audit recover。',
  },
  'audit-forked': {
    en: 'Stop and keep both databases: our log says two things. Tell the partner; see the handbook.',
    zh: '停止操作并保留双方数据库：本方日志出现分叉。通知对方并查阅手册。',
  },
  'audit-partner-forked': {
    en: 'Keep the evidence; tell the partner’s auditor.',
    zh: '保留证据，通知对方审计人员。',
  },
  'audit-mirror-late': {
    en: 'Check that the partner’s log can be read; it is kept here again when it can.',
    zh: '检查对方日志是否可读取；可读后本方会自动补齐。',
  },
  'audit-mirror-broken': {
    en: 'The partner’s log does not fit its own checkpoint: tell its auditor.',
    zh: '对方日志与其检查点不符：通知对方审计人员。',
  },
  'audit-entries-pending': {
    en: 'No process sequences the audit log: look for its errors in the log.',
    zh: '审计日志未在编号：在运行日志中查找错误。',
  },
  expiry: {
    en: 'Renew it in time: mra keys rotate for keys, new files for certificates.',
    zh: '请及时更新：密钥用 mra keys rotate，证书更换文件。',
  },
  'partner-key-announced': {
    en: 'Have the thumbprint read out over the telephone, then mra keys confirm.',
    zh: '通过电话核对指纹，然后执行 mra keys confirm。',
  },
  'partner-key-refused': {
    en: 'Tell the partner why its key is not taken.',
    zh: '告知对方其密钥未被接受的原因。',
  },
  'key-unconfirmed': {
    en: 'Read the thumbprint of our next key out to the partner.',
    zh: '向对方宣读本方下一密钥的指纹。',
  },
  'reload-failed': {
    en: 'Mend the files; they are read again when they change.',
    zh: '修正文件；文件变化后会自动重新读取。',
  },
  'webhook-paused': {
    en: 'Mend the back end, then mra webhooks resume. It goes on where it stood; nothing is lost.',
    zh: '修复后台系统后执行 mra webhooks resume；从中断处继续，不会丢失。',
  },
  'webhook-failing': {
    en: 'Look after the back end: it is called again by itself, and paused when it fails for too long.',
    zh: '检查后台系统：系统会自动重试，失败过久则暂停。',
  },
  'stream-stale': {
    en: 'Look after the back end that polls the stream, or delete the stream if it has none any more.',
    zh: '检查拉取该流的后台系统；如已无消费方，请删除该流。',
  },
  'partner-poll-failing': {
    en: 'Call the partner’s shift; what waits there comes by itself once it answers.',
    zh: '联系对方值班人员；对方恢复后积压报文会自动到达。',
  },
} as const satisfies Record<string, Words>;

export type AlertCode = keyof typeof whatToDo;

export function isAlertCode(code: string): code is AlertCode {
  return Object.hasOwn(whatToDo, code);
}
