import { issueInChinese } from './issue-words.ts';
import { quoted, type Sentence } from './sentence.ts';

/** `err` of RFC 8935 and our own of the exchange. */
const ERRS: Readonly<Record<string, string>> = {
  invalid_request: '请求无效',
  invalid_key: '密钥无效',
  invalid_issuer: '签发方不符',
  invalid_audience: '接收方不符',
  authentication_failed: '身份验证失败',
  access_denied: '拒绝访问',
  invalid_set: '报文封装无效',
  invalid_state: '状态无效',
  too_many_sets: '单次报文过多',
  not_found: '未找到',
  method_not_allowed: '不支持该方法',
  rate_limited: '请求过于频繁',
  internal_error: '内部错误',
  temporarily_unavailable: '暂时不可用',
  jti_conflict: '同一编号内容不同',
  version_conflict: '同一版本内容不同',
};

/** What a connection fails with, by the code of Node or undici. */
const CONNECTION: Readonly<Record<string, string>> = {
  ECONNREFUSED: '连接被拒绝',
  ECONNRESET: '连接被重置',
  ECONNABORTED: '连接中断',
  EPIPE: '连接中断',
  ETIMEDOUT: '连接超时',
  EHOSTUNREACH: '主机不可达',
  ENETUNREACH: '网络不可达',
  ENOTFOUND: '无法解析主机名',
  EAI_AGAIN: '暂时无法解析主机名',
  UND_ERR_CONNECT_TIMEOUT: '连接超时',
  UND_ERR_HEADERS_TIMEOUT: '等待应答超时',
  UND_ERR_BODY_TIMEOUT: '接收应答超时',
  UND_ERR_SOCKET: '连接中断',
  CERT_HAS_EXPIRED: '对方证书已过期',
  DEPTH_ZERO_SELF_SIGNED_CERT: '对方证书为自签名',
  SELF_SIGNED_CERT_IN_CHAIN: '对方证书链含自签名证书',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: '无法验证对方证书',
  ERR_TLS_CERT_ALTNAME_INVALID: '对方证书与主机名不符',
};

function errWords(err: string): string {
  return ERRS[err] === undefined ? quoted(err) : `${ERRS[err]}（${err}）`;
}

/** `ECONNREFUSED connect ECONNREFUSED 127.0.0.1:8443`: the code of ours, the rest as it came. */
function connectionWords(text: string): string {
  const [code = '', ...rest] = text.split(' ');
  const [known] = Object.keys(CONNECTION).filter((one) => code === one || text.includes(one));
  if (known !== undefined) return `${CONNECTION[known]}（${known}）`;
  if (/timeout|timed out/i.test(text)) return '超时';
  return /^[A-Z][A-Z0-9_]+$/.test(code) ? `${code}${quoted(rest.join(' '))}` : quoted(text);
}

/** What delivery, polling, webhooks and comparisons write of a partner or consumer that does not do as it should. */
export function faultSentences(inner: (text: string) => string): Sentence[] {
  const answered = (status: string, err: string, said: string): string =>
    `对方应答 ${status}${err === '' ? '' : `：${errWords(err)}`}${quoted(said)}`;
  return [
    [/^partner answered (\d+)(?:: (\S+)(?: \((.*)\))?)?$/s, answered],
    [
      /^partner answered 202 with a body that is not \{ack, setErrs\}$/,
      () => '对方应答 202，但内容不是 {ack, setErrs}',
    ],
    [
      /^partner answered 202 without naming each message exactly once$/,
      () => '对方应答 202，但未逐一确认每条报文',
    ],
    [/^no answer from partner: (.*)$/s, (why) => `对方无应答：${connectionWords(why)}`],
    [
      /^partner refuses the link: (\S+)(?: \((.*)\))?$/s,
      (err, said) => `对方拒绝本链路：${errWords(err)}${quoted(said ?? '')}`,
    ],
    [
      /^partner answers (\S+) for message (\S+): (.*)$/s,
      (err, id, said) => `对方对报文 ${id} 应答${errWords(err)}${quoted(said)}`,
    ],
    [/^partner answers (\S+): (.*)$/s, (err, said) => `对方应答${errWords(err)}${quoted(said)}`],
    [
      /^partner sent message (\S+): (\S+), (.*)$/s,
      (id, err, said) => `对方发来的报文 ${id} 有误：${errWords(err)}${quoted(said)}`,
    ],
    [
      /^the partner failed at it (\d+) times and answered the next message: (.*)$/s,
      (times, why) => `对方 ${times} 次无法接收本条，但接收了其后的报文：${inner(why)}`,
    ],
    [
      /^(\/\S*) ([a-z0-9-]+): (.*?)(?: \(and (\d+) more\))?$/s,
      (pointer, code, said, more) =>
        `${pointer} ${issueInChinese(code)}${quoted(said)}${more === '' ? '' : `，另有 ${more} 处`}`,
    ],
    [/^no reason kept$/, () => '原因未保留'],
    [
      /^the link demands encryption and no key of the partner is valid for it \((.*)\)$/,
      (command) => `本链路要求加密，但没有有效的对方密钥（执行 ${command}）`,
    ],
    [
      /^partner answered (\d+) to a poll: (.*)$/s,
      (status, said) => `拉取报文时对方应答 ${status}${quoted(said)}`,
    ],
    [
      /^partner answered a poll with what is not \{sets\}: (.*)$/s,
      (said) => `拉取报文时对方的应答不是 {sets}${quoted(said)}`,
    ],
    [/^no answer to a poll: (.*)$/s, (why) => `拉取报文时对方无应答：${connectionWords(why)}`],
    [
      /^the partner holds other bytes under the id of our message (\S+)$/,
      (id) => `对方以本方报文编号 ${id} 保存了不同的内容`,
    ],
    [
      /^the partner holds messages of ours that are not on record here, the first (\S+): this database was restored\. Run (.*)$/,
      (id, command) =>
        `对方持有本方没有记录的本方报文，首条为 ${id}：本方数据库曾恢复备份。请执行 ${command}`,
    ],
    [/^answered 410: it wants no more$/, () => '应答 410：不再接收'],
    [
      /^answered (\d+)(: redirects are not followed)?$/,
      (status, redirected) => `应答 ${status}${redirected === '' ? '' : '：不跟随重定向'}`,
    ],
    [/^no answer within (\d+) s$/, (seconds) => `${seconds} 秒内无应答`],
    [/^no answer$/, () => '无应答'],
    [/^((?:[A-Z][A-Z0-9]*_?)*[A-Z0-9]{3,} .*)$/s, connectionWords],
    [/^answer is over (\d+) bytes$/, (bytes) => `应答超过 ${bytes} 字节`],
  ];
}
