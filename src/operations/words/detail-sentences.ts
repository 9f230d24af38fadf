import { quoted, type Sentence } from './sentence.ts';

const STATES: Readonly<Record<string, string>> = {
  approved: '放行',
  rejected: '拒绝',
  withdrawn: '收回',
  expired: '过期',
};

/** What the API says to a person of a request that is not done, and why something stands as it does. */
export function detailSentences(): Sentence[] {
  return [...access(), ...requests(), ...letters(), ...links(), ...registers(), ...store(), ...approvals()];
}

function access(): Sentence[] {
  return [
    [/^Send Authorization: Bearer with an access token\.$/, () => '请提供访问令牌。'],
    [
      /^The access token is not valid \(any more\)\. Ask for a new one\.$/,
      () => '访问令牌无效或已失效，请申请新令牌。',
    ],
    [/^The session is over\. Log in again\.$/, () => '会话已结束，请重新登录。'],
    [
      /^A session is opened with an access token, not with another session\.$/,
      () => '会话须以访问令牌开启，不能以另一会话开启。',
    ],
    [/^This request bears no session\. POST \/v1\/session opens one\.$/, () => '请求未带会话，请先登录。'],
    [/^There is no session (\S+)\.$/, (id) => `没有会话 ${id}，可能已结束。`],
    [
      /^This needs the scope (\S+), which the token of (.*) does not have\.$/s,
      (scope, name) => `此操作需要权限 ${scope}，${name} 的令牌没有该权限。`,
    ],
    [
      /^(\S+) needs the scope (\S+), which (.*) does not have\.$/s,
      (act, scope, name) => `${act} 需要权限 ${scope}，${name} 没有该权限。`,
    ],
    [/^Data-Purpose must be one of (.*)\.$/, (codes) => `用途须为下列之一：${codes}。`],
    [
      /^Partner data serve mutual recognition only: say what for in Data-Purpose, one of (.*)\.$/,
      (codes) => `对方数据仅供互认使用，请说明用途（${codes}）。`,
    ],
    [
      /^More than (\d+) requests a second, on average over ten\. Wait, then go on more slowly\.$/,
      (n) => `十秒内平均每秒超过 ${n} 个请求，请稍候并放慢频率。`,
    ],
    [
      /^A request with a session cookie must come from a page of this gateway and bear the session’s X-CSRF-Token, which GET \/v1\/session gives\.$/,
      () => '带会话的请求须来自本网关页面，并附带会话的 X-CSRF-Token。',
    ],
    [
      /^This token is for the link (.*) only, and this call is about all of them\.$/,
      (link) => `此令牌仅限链路 ${link}，而该调用涉及全部链路。`,
    ],
    [/^This token is for the link (.*) only\.$/, (link) => `此令牌仅限链路 ${link}。`],
    [/^This token is for another link\.$/, () => '此令牌限定于其他链路。'],
    [
      /^A grant is \{name, role, scopes\?, purpose\?, link\?, expiresAt\?\}\.$/,
      () => '签发令牌须提供名称和角色，可选权限、用途、链路和失效时间。',
    ],
    [
      /^There is no token (.*) in force\. mra access list shows them\.$/,
      (name) => `没有有效令牌 ${name}。可用 mra access list 查看。`,
    ],
    [
      /^A name that begins with one of (.*) stands for others\.$/,
      (reserved) => `以 ${reserved} 开头的名称为保留名称。`,
    ],
    [
      /^The name (.*) is taken\. Choose another; a revoked token keeps its name in the logs\.$/,
      (name) => `名称 ${name} 已被使用，请另选；已吊销的令牌在日志中保留其名称。`,
    ],
    [
      /^A token with (.*) can release what another person asked for, so it is granted at the gateway's own command line: mra access grant\.$/,
      (scopes) => `具有 ${scopes} 权限的令牌可放行他人申请的操作，须在网关本机命令行签发：mra access grant。`,
    ],
    [
      /^(.*) asked for it: somebody else must approve it\.$/s,
      (name) => `该操作由 ${name} 申请，须由他人放行。`,
    ],
    [/^This gateway knows no act (.*)\.$/, (act) => `本网关没有操作 ${act}。`],
    [/^It is (\S+) already\.$/, (state) => `该申请已${STATES[state] ?? state}。`],
    [/^It has expired\. Ask for it again\.$/, () => '该申请已过期，请重新申请。'],
    [/^There is no approval (\S+)\.$/, (id) => `没有审批事项 ${id}。`],
    [
      /^The keys of the identity provider cannot be read, so its tokens cannot be checked now\.$/,
      () => '无法读取身份提供方的密钥，暂时不能核验其令牌。',
    ],
  ];
}

function requests(): Sentence[] {
  return [
    [/^The request is not as the API describes it\.$/, () => '请求不符合接口说明。'],
    [/^The question is not as the API describes it\.$/, () => '查询不符合接口说明。'],
    [/^The body is not as the API says\.$/, () => '请求内容不符合接口说明。'],
    [/^The body is \{(.*), reason\}\.$/, (member) => `请求内容须为 {${member}, reason}。`],
    [
      /^The body is \{reason\}, with thumbprint where a key is confirmed\.$/,
      () => '请求内容须为理由；确认密钥时还须附指纹。',
    ],
    [/^The body must be JSON in UTF-8: it .*\.$/s, () => '请求内容须为 UTF-8 编码的 JSON。'],
    [/^The request cannot be read\.$/, () => '请求无法读取。'],
    [/^Path and query are text without the character U\+0000\.$/, () => '路径和查询不得含字符 U+0000。'],
    [/^There is nothing at this path\.$/, () => '该地址不存在。'],
    [/^This path takes (.*)\.$/, (methods) => `该地址仅接受 ${methods}。`],
    [/^The body is larger than this call takes\. Send less at a time\.$/, () => '请求内容过大，请分次提交。'],
    [/^Send application\/json\.$/, () => '请以 application/json 提交。'],
    [/^Wait and try again\.$/, () => '请稍候再试。'],
    [/^The gateway is closing\. Try again\.$/, () => '网关正在停止，请重试。'],
    [
      /^This gateway process is stopping\. Nothing was done; send the same again\.$/,
      () => '该网关进程正在停止；未作任何更改，请重新提交。',
    ],
    [
      /^There is no such file in this build of the console\. Load the page again\.$/,
      () => '控制台版本已更新，请重新加载页面。',
    ],
    [/^The console is not built\. Run: (.*)$/, (command) => `控制台尚未构建，请执行：${command}`],
    [
      /^(?:The parameter )?cursor must be the next of an earlier answer(?: to the same search)?, or be left out\.$/,
      () => '翻页位置无效，请从头查询。',
    ],
    [/^reason must be a string of at most (\d+) characters\.$/, (n) => `理由最多 ${n} 个字符。`],
    [/^name must have two characters at least, punctuation aside\.$/, () => '名称除标点外至少两个字符。'],
    [
      /^As many consoles listen to this process as may\. Come again in a while\.$/,
      () => '本进程的实时连接已达上限，请稍后再来。',
    ],
    [/^no outcome$/, () => '没有结果'],
    [/^([A-Za-z]+) is no date nor instant\.$/, (name) => `${name} 不是日期或时刻。`],
  ];
}

function letters(): Sentence[] {
  return [
    [/^There is no message (\S+) of ours\.$/, (id) => `没有本方报文 ${id}。`],
    [/^There is no message (\S+)\.$/, (id) => `没有报文 ${id}。`],
    [/^There is no dead letter (\S+)\.$/, (id) => `没有死信 ${id}。`],
    [/^The bytes of this message were not kept\.$/, () => '该报文的原文未保存。'],
    [/^The bytes of this message were erased\.$/, () => '该报文的原文已删除。'],
    [
      /^The message (\S+) waits no more: the partner has answered it, or it was withdrawn\.$/,
      (id) => `报文 ${id} 已不在等待：对方已应答，或已撤回。`,
    ],
    [
      /^A request with the message (\S+) may be under way\. Pause its lane and try again\.$/,
      (id) => `含报文 ${id} 的请求可能正在发送。请先暂停其通道再试。`,
    ],
    [
      /^The message (\S+) takes the version of a withdrawn one and cannot be withdrawn itself\.$/,
      (id) => `报文 ${id} 用于作废已撤回的版本，本身不能撤回。`,
    ],
    [/^The message (\S+) is not parked\.$/, (id) => `报文 ${id} 未被搁置。`],
    [/^The message (\S+) does not wait as a refused one\.$/, (id) => `报文 ${id} 不是待处理的拒收报文。`],
    [/^A message (\S+) is the gateway's own; dismiss it\.$/, (type) => `${type} 是网关自身的报文，请结案。`],
    [/^The message (\S+) was erased; dismiss it\.$/, (id) => `报文 ${id} 的内容已删除，请结案。`],
    [
      /^(\S+) has version (\d+) by now, and the message (\S+) was version (\d+)\. Dismiss it, or submit a message of your own\.$/,
      (subject, last, id, version) =>
        `${subject} 现已有版本 ${last}，而报文 ${id} 为版本 ${version}。请结案，或另行提交报文。`,
    ],
    [/^The corrected data are about another subject\.$/, () => '更正后的数据属于另一主体。'],
    [
      /^Nothing with the SHA-256 (\S+) is in quarantine on this link\.$/,
      (sha256) => `本链路的隔离区没有 SHA-256 为 ${sha256} 的报文。`,
    ],
    [/^The job (\S+) is over\.$/, (id) => `批量任务 ${id} 已结束。`],
    [/^There is no job (\S+)\.$/, (id) => `没有批量任务 ${id}。`],
    [/^No alert (\S+) stands \(any more\)\.$/, (id) => `告警 ${id} 已不存在。`],
    [/^it was erased meanwhile$/, () => '其内容已删除'],
    [/^The message breaks the contract\.$/, () => '报文不符合规范。'],
  ];
}

function links(): Sentence[] {
  return [
    [/^There is no link (.*)\. There are: (.*)\.$/, (id, all) => `没有链路 ${id}。现有：${all}。`],
    [/^There is no link (.*)\.$/, (id) => `没有链路 ${id}。`],
    [/^There is no lane (.*) of a link (.*)\.$/, (lane, link) => `链路 ${link} 没有通道 ${lane}。`],
    [/^The link (.*) is not configured any more\.$/, (link) => `链路 ${link} 已不在配置中。`],
    [
      /^The link (.*) takes no messages until it is recovered\. Nothing was accepted\. Reason: .*\.$/s,
      (link) => `链路 ${link} 恢复之前不受理报文；未受理任何内容。`,
    ],
    [
      /^The link (.*) is being compared with the partner after a start\. Nothing was accepted; try again in a moment\.$/,
      (link) => `链路 ${link} 启动后正与对方核对；未受理任何内容，请稍候再试。`,
    ],
    [/^No reconciliation of (.*) waits for a release\.$/, (link) => `链路 ${link} 没有待放行的对账。`],
    [
      /^A reconciliation of (.*) that repairs is under way; a dry run can begin when it has ended\.$/,
      (link) => `链路 ${link} 正在进行修复性对账，结束后方可试对账。`,
    ],
    [/^the partner does not answer: .*$/s, () => '对方无应答。'],
    [
      /^the partner answers (\d+) when asked for its ledger(?:: (.*?))?\.?$/s,
      (status, said) => `向对方索取账目时对方应答 ${status}${quoted(said)}。`,
    ],
    [
      /^the partner answers with a ledger that is not what the protocol says\.?$/,
      () => '对方给出的账目不符合协议。',
    ],
    [
      /^the partner lists messages of ours and does not give them back\.?$/,
      () => '对方列出了本方报文，却未交还。',
    ],
    [
      /^the partner gave back message (\S+) as ours, and it is not: (.*)\. Nothing of it was taken\.+$/s,
      (id, why) => `对方交还的报文 ${id} 并非本方报文${quoted(why)}；未采用任何内容。`,
    ],
    [/^the link (.*) lacks nothing; its intake is open\.?$/, (link) => `链路 ${link} 没有缺失，已在受理。`],
    [
      /^lanes of (.*) do not come to rest; try again in a moment\.?$/,
      (link) => `链路 ${link} 的通道尚未停稳，请稍候再试。`,
    ],
    [
      /^this database was restored from (.*) and is not compared with the partner yet$/,
      (from) => `本数据库由 ${from} 恢复，尚未与对方核对`,
    ],
    [
      /^the partner holds (\d+) messages of ours that are not on record here; they are being put back\. Run (.*) again if this stays$/,
      (n, command) => `对方持有本方没有记录的本方报文 ${n} 条，正在找回。如持续存在，请再次执行 ${command}`,
    ],
    [/^recovering: (.*)$/s, () => '正在恢复：本方数据库曾恢复备份，待与对方核对'],
    [
      /^That message is not the one that the webhook is called with next\.$/,
      () => '该报文不是此 Webhook 下一条要推送的报文。',
    ],
    [/^The configuration names no webhook (.*)\.$/, (name) => `配置中没有 Webhook ${name}。`],
    [/^There is no stream (.*)\. Make it with .*$/, (name) => `没有拉取流 ${name}。`],
    [/^The stream (.*) was deleted\.$/, (name) => `拉取流 ${name} 已删除。`],
    [/^The log (\S+) has no entry (\d+)\.$/, (log, n) => `日志 ${log} 没有第 ${n} 条。`],
    [/^The file of the key (\S+) cannot be read back\.$/, (kid) => `密钥 ${kid} 的文件无法读回。`],
  ];
}

function registers(): Sentence[] {
  return [
    [
      /^(\S+) is known on several links; name one: (.*)\.$/,
      (id, all) => `${id} 见于多条链路，请指定其一：${all}。`,
    ],
    [
      /^The register holds no enterprise (\S+?)(?: .*)?\.$/,
      (id) => `名录中没有企业 ${id}，或该时点尚无记录。`,
    ],
    [/^No validation result bears the round (.*)\.$/, (round) => `没有属于轮次 ${round} 的验证结果。`],
    [
      /^Ask for a class \(Chinese enterprises\) or a tier \(US enterprises\), not for both\.$/,
      () => '信用等级（中国企业）与层级（美国企业）只能择一筛选。',
    ],
    [/^There is nothing of (.*) on record here\.$/, (subject) => `本方没有 ${subject} 的任何记录。`],
    [
      /^(\d+) messages about (.*) are still to be delivered\. Wait for them, or withdraw them, and erase then\.$/,
      (n, subject) => `${subject} 还有 ${n} 条报文待送达。请等待送达或先撤回，再行删除。`,
    ],
  ];
}

function store(): Sentence[] {
  return [
    [
      /^Nothing that was not answered is certain\. The log has the reason under the instance\.$/,
      () => '未得到应答的操作结果不确定；日志中以下方编号记有原因。',
    ],
    [
      /^The database does not answer as it should\. Nothing was changed; try again later\.$/,
      () => '数据库未正常应答；未作任何更改，请稍后再试。',
    ],
    [
      /^Others were changing the same at the same time\. Nothing was changed; try again\.$/,
      () => '有人同时更改同一内容；未作任何更改，请重试。',
    ],
    [
      /^The database has no disk space left\. Nothing was changed; try again when some was freed\.$/,
      () => '数据库磁盘空间已满；未作任何更改，请腾出空间后重试。',
    ],
    [
      /^The database does not let the gateway in\. Nothing was changed; try again later\.$/,
      () => '数据库拒绝网关连接；未作任何更改，请稍后再试。',
    ],
    [/^The database does not start\. Try again later\.$/, () => '数据库未能启动，请稍后再试。'],
    [
      /^The connection to the database broke while it was committing\. Repeat the request with the same Idempotency-Key, or ask what is there\.$/,
      () => '提交时数据库连接中断，结果不明；请查看现状后再决定是否重做。',
    ],
    [
      /^The database took too long\. Nothing was changed; try again\.$/,
      () => '数据库超时；未作任何更改，请重试。',
    ],
  ];
}

function approvals(): Sentence[] {
  return [
    [
      /^Withdraw (\d+) parked messages; their versions are voided\.$/,
      (n) => `撤回 ${n} 条搁置报文，其版本作废。`,
    ],
    [
      /^Revoke our key (\S+?)(, which signs now; the next key takes its place)?\.$/,
      (kid, signs) => `吊销本方密钥 ${kid}${signs === '' ? '' : '（正在签名，由下一密钥接替）'}。`,
    ],
    [/^Believe the key (\S+) of (\S+) no more\.$/, (kid, link) => `不再信任 ${link} 的密钥 ${kid}。`],
    [
      /^Erase what is on record here of (.*); proofs of the audit log stay valid\.$/,
      (subject) => `删除本方保存的 ${subject} 的数据；审计日志的证明仍然有效。`,
    ],
  ];
}
