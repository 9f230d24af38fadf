import { quoted, type Sentence } from './sentence.ts';

/**
 * What is wrong with a key, a certificate or the file of one. In English each begins with the place: a file, a link or
 * a kid, which stays as it is.
 */
const WHAT: readonly Sentence[] = [
  ...files(),
  ...certificates(),
  ...remoteKeys(),
  ...partnerKeys(),
  ...auditKeys(),
  ...keyLife(),
];

export function keySentences(): Sentence[] {
  return WHAT.map(([english, chinese]) => [
    new RegExp(String.raw`^([^\n]+?): ${english.source}\.?$`, 's'),
    (place, ...parameters) => `${place}：${chinese(...parameters)}`,
  ]);
}

function files(): Sentence[] {
  return [
    [/cannot be read/, () => '无法读取'],
    [/cannot be read \((\w+)\)/, (code) => `无法读取（${code}）`],
    [/does not exist/, () => '不存在'],
    [/is larger than (\d+) bytes/, (bytes) => `超过 ${bytes} 字节`],
    [/(\w+) is not an instant of ISO 8601/, (name) => `${name} 不是 ISO 8601 时刻`],
    [/is no file of a private key: jwk with a kid is missing/, () => '不是私钥文件：缺少带 kid 的 jwk'],
    [
      /is a private key that others may open \(mode (\d+)\)\. Run: (chmod 600 .+), and replace the key if others had access/,
      (mode, command) =>
        `私钥文件可被他人打开（权限 ${mode}）。请执行 ${command}；如已被他人读取，须更换密钥`,
    ],
    [
      /is encrypted; give its passphrase as MRA_KEYS_PASSPHRASE/,
      () => '已加密，请以 MRA_KEYS_PASSPHRASE 提供口令',
    ],
    [/is not opened by the passphrase that was given/, () => '所给口令无法打开'],
    [/holds the key (\S+); the file must bear its name/, (kid) => `所存密钥为 ${kid}，文件名须与其一致`],
    [/is no private key for (.+)/, (algs) => `不是用于 ${algs} 的私钥`],
    [/holds a key that is not well formed/, () => '所存密钥格式有误'],
    [/is a symmetric key/, () => '为对称密钥'],
    [
      /a kid is 1 to (\d+) small letters, digits and hyphens/,
      (length) => `kid 为 1 至 ${length} 个小写字母、数字和连字符`,
    ],
    [
      /exists already; a kid names one key for ever\. Choose another --kid/,
      () => '已存在；一个 kid 永远只对应一个密钥，请另选 --kid',
    ],
    [/(\S+) needs keys\.postQuantum in the configuration/, (alg) => `${alg} 须在配置中启用 keys.postQuantum`],
  ];
}

function certificates(): Sentence[] {
  return [
    [
      /holds a certificate that is not an authority; pin one by its key with spki/,
      () => '所含证书并非签发机构，请以 spki 按公钥固定',
    ],
    [/is not the key of the certificate in (.+)/, (cert) => `与 ${cert} 中的证书不匹配`],
    [/holds no certificate in PEM form/, () => '不含 PEM 格式的证书'],
    [/holds a certificate that cannot be read/, () => '所含证书无法读取'],
    [/is no private key in PEM form/, () => '不是 PEM 格式的私钥'],
  ];
}

function remoteKeys(): Sentence[] {
  return [
    [
      /is no file of a key that is elsewhere: (\{.*\})/,
      (members) => `不是外部密钥的说明文件，应含 ${members}`,
    ],
    [/is of the key (\S+); the file must bear its name/, (kid) => `属于密钥 ${kid}，文件名须与其一致`],
    [/names no public key that signatures can be verified with/, () => '未给出可验证签名的公钥'],
    [
      /its module (\S+) does not open the key: (.*)/,
      (path, said) => `模块 ${path} 未能打开密钥${quoted(said)}`,
    ],
    [/its module (\S+) does not exist/, (path) => `模块 ${path} 不存在`],
    [
      /others may write its module\. Run: (chmod go-w .+)/,
      (command) => `模块可被他人改写，请执行 ${command}`,
    ],
    [/what its module signs does not verify: (.*)/, (said) => `模块所作签名未通过验证${quoted(said)}`],
  ];
}

function partnerKeys(): Sentence[] {
  return [
    [/holds no key/, () => '不含密钥'],
    [/holds no key that verifies signatures/, () => '不含验证签名的密钥'],
    [/is no JWKS: (\{.*\})/, (form) => `不是 JWKS，应为 ${form}`],
    [/(?:(.+) )?is not for verifying signatures/, (place) => `${place}不用于验证签名`],
    [/(.+) is not a JSON object/, (place) => `${place} 不是 JSON 对象`],
    [
      /(.+) is a private key\. Ask (?:the partner )?for public keys, and tell (?:them|the partner)/,
      (place) => `${place} 是私钥。请向对方索取公钥，并告知此事`,
    ],
    [
      /(.+) has no kid of 1 to (\d+) characters/,
      (place, length) => `${place} 缺少 1 至 ${length} 个字符的 kid`,
    ],
    [/(.+) is no key for (.+)/, (place, algs) => `${place} 不是用于 ${algs} 的密钥`],
    [/(.+) is not a well-formed key/, (place) => `${place} 密钥格式有误`],
    [/(.+) is a symmetric key/, (place) => `${place} 为对称密钥`],
    [/(.+): (\w+) is not seconds since 1970/, (place, name) => `${place} 的 ${name} 不是 1970 年起的秒数`],
    [
      /the thumbprint of (.+) is none of those given\. Have the partner read it out over another channel; do not copy it from this file/,
      (kids) => `${kids} 的指纹与所给的均不相符。请对方经另一渠道宣读，勿从本文件复制`,
    ],
    [/no key has the thumbprint (.+)/, (thumbprints) => `没有指纹为 ${thumbprints} 的密钥`],
    [/holds another key under the kid (".*")/, (kid) => `已存有 kid 为 ${kid} 的另一密钥`],
    [/no key (".*") waits to be confirmed/, (kid) => `没有待确认的密钥 ${kid}`],
    [
      /the key (".*") that was announced has another thumbprint\. Have the partner read it out again, and tell them/,
      (kid) => `所通知的密钥 ${kid} 指纹不符。请对方重新宣读，并告知此事`,
    ],
    [/no key (".*") of the partner is pinned/, (kid) => `未固定对方密钥 ${kid}`],
  ];
}

function auditKeys(): Sentence[] {
  return [
    [
      /does not exist: the audit log has no key\. Run: (mra audit keys)/,
      (command) => `不存在：审计日志没有密钥，请执行 ${command}`,
    ],
    [
      /must name one log and one witness, as mra audit keys of the partner prints them/,
      () => '须列出一个日志和一个见证，如对方 mra audit keys 所示',
    ],
    [
      /has one key for log and witness: the partner must make two, with mra audit keys/,
      () => '日志与见证用了同一密钥：对方须以 mra audit keys 生成两个',
    ],
    [
      /(.+)\. It holds what mra audit keys of the partner prints/,
      (reason) =>
        `${reason === 'does not exist' ? '不存在' : reason.replace('cannot be read', '无法读取')}；内容为对方 mra audit keys 的输出`,
    ],
  ];
}

function keyLife(): Sentence[] {
  return [
    [
      /has no notAfter; a key that is announced has an end/,
      () => '没有 notAfter；通知对方的密钥须有失效时间',
    ],
    [/is no key that waits for its turn/, () => '不是待启用的密钥'],
    [/is no signing key of ours/, () => '不是本方签名密钥'],
    [/is revoked already/, () => '已吊销'],
    [
      /signs now, and there is no key to take its place\. Run: (mra keys generate)/,
      (command) => `正在签名，且没有可替换的密钥。请执行 ${command}`,
    ],
  ];
}
