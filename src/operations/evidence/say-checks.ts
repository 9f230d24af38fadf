import type { Words } from '../lanes/why-it-waits.ts';
import { inChinese } from '../words/in-chinese.ts';
import type { Check, Evidence } from './gather-evidence.ts';

/** Says what was checked and what came of it, in a fixed order. */
export function sayChecks({ direction, signature, hash, receipt, audit }: Omit<Evidence, 'checks'>): Check[] {
  const checks: Check[] = [];
  const add = (name: Check['name'], ok: boolean | null, words: Words): void => {
    checks.push({ name, ok, ...words });
  };
  if (signature) {
    const whose = direction === 'out' ? ['our', '本方'] : ["the partner's", '对方'];
    add(
      'signature',
      signature.ok,
      signature.ok
        ? {
            en: `the signature is by ${whose[0]} key ${signature.kid}`,
            zh: `签名由${whose[1]}密钥 ${signature.kid} 作出`,
          }
        : { en: `${signature.error}`, zh: `签名未通过验证：${inChinese(signature.error ?? '')}` },
    );
  }
  add('hash', hash.ok, hashWords(hash.ok));
  if (receipt) {
    const by = receipt.signature;
    add(
      'receipt-signature',
      by?.ok ?? null,
      by?.ok
        ? { en: `the receipt is signed by the partner's key ${by.kid}`, zh: `回执由对方密钥 ${by.kid} 签名` }
        : {
            en: `the receipt is not verified: ${by?.error ?? 'it was erased'}`,
            zh: `回执未通过验证：${by?.error ? inChinese(by.error) : '已被删除'}`,
          },
    );
    add(
      'receipt-hash',
      receipt.hashEqual,
      receipt.hashEqual
        ? { en: 'the receipt names the bytes that we have', zh: '回执中的哈希与本方字节一致' }
        : { en: 'the receipt names other bytes', zh: '回执中的哈希与本方字节不一致' },
    );
  }
  for (const { log, index, proof } of audit) {
    add(
      'audit-proof',
      proof.ok,
      proof.ok
        ? {
            en: `entry ${index} of log ${log} is in the tree of ${proof.size}`,
            zh: `日志 ${log} 第 ${index} 条在大小为 ${proof.size} 的树中`,
          }
        : {
            en: `entry ${index} of log ${log}: ${proof.error}`,
            zh: `日志 ${log} 第 ${index} 条：${inChinese(proof.error ?? '')}`,
          },
    );
  }
  const cosigned = [...new Set(audit.flatMap(({ proof }) => proof.cosigned))];
  if (audit.length > 0) {
    add(
      'witness',
      cosigned.length > 0 ? true : null,
      cosigned.length > 0
        ? { en: `witnessed by ${cosigned.join(', ')}`, zh: `由 ${cosigned.join('、')} 见证` }
        : { en: 'no partner has witnessed it yet', zh: '尚无对方见证' },
    );
  }
  return checks;
}

function hashWords(ok: boolean | null): Words {
  if (ok === null) return { en: 'the bytes were erased; their hash stays', zh: '字节已删除，哈希保留' };
  return ok
    ? { en: 'the bytes on record have the hash that was recorded', zh: '存储字节与记录的哈希一致' }
    : { en: 'the bytes on record are not those that were recorded', zh: '存储字节与记录的哈希不一致' };
}
