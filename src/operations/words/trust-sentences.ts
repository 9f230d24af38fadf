import { quoted, type Sentence } from './sentence.ts';

const WHAT: Readonly<Record<string, string>> = {
  'our TLS certificate': '本方 TLS 证书',
  "the pinned authority of the partner's certificate": '所固定的对方证书签发机构',
  'our signing key': '本方签名密钥',
  "the partner's last signing key": '对方最后一个签名密钥',
  "the partner's TLS certificate": '对方 TLS 证书',
};

function whatWords(what: string): string {
  const known = Object.keys(WHAT).find((name) => what.startsWith(name));
  return known === undefined ? what : `${WHAT[known]}${what.slice(known.length)}`;
}

/** What stands against keys, certificates, signatures and audit logs. */
export function trustSentences(): Sentence[] {
  return [
    [/^(.+) expired on (\S+)$/, (what, at) => `${whatWords(what)} 已于 ${at} 过期`],
    [
      /^(.+) expires in (\d+) days, on (\S+)$/,
      (what, days, at) => `${whatWords(what)} 将在 ${days} 天后过期（${at}）`,
    ],
    [
      /^the partner announces the key (\S+); have its thumbprint read out and compare it with (\S+), then: (.*)$/,
      (kid, thumbprint, command) =>
        `对方通知了新密钥 ${kid}；请电话核对指纹 ${thumbprint}，再执行：${command}`,
    ],
    [
      /^the key (\S+) that the partner announces is not taken: (.*)$/s,
      (kid, why) => `对方通知的密钥 ${kid} 未被接受${quoted(why)}`,
    ],
    [
      /^the partner has not confirmed our next key (\S+), announced (\S+); read its thumbprint out to them$/,
      (kid, at) => `对方尚未确认本方的下一密钥 ${kid}（${at} 通知）；请向对方宣读其指纹`,
    ],
    [
      /^files of keys or certificates changed and could not be taken; those of before go on: (.*)$/s,
      (why) => `密钥或证书文件已变化但无法采用，仍使用原有的${quoted(why)}`,
    ],
    [/^(?:the key )?(\S*[^\s:]) is no signing key of ours\.?$/i, (kid) => `本方没有签名密钥 ${kid}`],
    [/^(?:the key )?(\S*[^\s:]) is revoked already\.?$/i, (kid) => `密钥 ${kid} 已吊销`],
    [/^(?:the key )?(\S+) of the partner is not pinned\.?$/i, (kid) => `未固定对方密钥 ${kid}`],
    [/^the key (\S+) is not known here \(any more\)$/, (kid) => `本方不识别（或已不识别）密钥 ${kid}`],
    [/^the key (\S+) is not one for (\S+)$/, (kid, alg) => `密钥 ${kid} 不适用于 ${alg}`],
    [/^the signature is not that of the key (\S+)$/, (kid) => `签名并非由密钥 ${kid} 作出`],
    [/^entry (\d+) of the log (\S+) is in no checkpoint yet$/, () => '尚未纳入检查点'],
    [/^entry (\d+) of (\S+) is not in our mirror yet$/, () => '尚未进入本方副本'],
    [/^the policy knows no log (\S+)$/, (origin) => `未信任日志 ${origin}`],
    [/^the checkpoint is not signed by the log (\S+)$/, (origin) => `检查点并非由日志 ${origin} 签名`],
    [
      /^our log (\S+) has (\d+) entries, (\S+) has cosigned (\d+)(?:: (.*))?$/s,
      (log, size, link, cosigned, why) =>
        `本方日志 ${log} 有 ${size} 条，${link} 已联署 ${cosigned} 条${quoted(why)}`,
    ],
    [
      /^we have cosigned (\d+) entries of (\S+) and keep (\d+)$/,
      (size, origin, kept) => `本方已联署 ${origin} 的 ${size} 条，保存了 ${kept} 条`,
    ],
    [
      /^(\d+) signed checkpoints of (\S+) do not go on from what we cosigned; they are kept$/,
      (n, origin) => `${origin} 有 ${n} 个签名检查点与本方已联署的不衔接，均已留存`,
    ],
    [/^the size that the witness knows keeps changing$/, () => '见证方所知的条数不断变化'],
    [
      /^the partner has cosigned (\d+) entries of our log (\S+), we hold (\d+)$/,
      (cosigned, log, size) => `对方已联署本方日志 ${log} 的 ${cosigned} 条，本方仅有 ${size} 条`,
    ],
    [
      /^our log (\S+) of (\d+) entries does not go on from the (\d+) that the partner cosigned: (.*)$/s,
      (log, size, cosigned, why) =>
        `本方日志 ${log}（${size} 条）与对方已联署的 ${cosigned} 条不衔接${quoted(why)}`,
    ],
    [/^the partner answered (\d+)$/, (status) => `对方应答 ${status}`],
    [
      /^the partner's witness answered (\d+): (.*)$/s,
      (status, said) => `对方见证应答 ${status}${quoted(said)}`,
    ],
    [/^the answer of the witness is not a cosignature by its key$/, () => '见证应答并非由其密钥联署'],
    [/^entries wait for their place in the log$/, () => '条目尚待编号入日志'],
  ];
}
