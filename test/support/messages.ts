/** A valid record of a Chinese enterprise: the canonical one, for another registration. */
export function recordOf(id: string, members: object = {}): object {
  const registration = id.slice(2);
  return {
    enterprise: {
      id,
      identifiers: [{ scheme: 'gacc.customs-registration', value: registration }],
      name: {
        native: { text: '深圳恒达电子有限公司', lang: 'zh-Hans' },
        latin: 'Shenzhen Hengda Electronics Co., Ltd.',
      },
      addresses: [
        {
          type: 'site',
          lines: ['No. 1288 Longgang Avenue'],
          city: 'Shenzhen',
          subdivision: 'CN-GD',
          postalCode: '518116',
          country: 'CN',
        },
      ],
      roles: ['foreign-manufacturer', 'exporter'],
    },
    programme: 'CN-AEO',
    regime: 'GACC-282',
    class: 'advanced-certified',
    status: 'certified',
    statusSince: '2026-04-01',
    certifiedOn: '2023-06-12',
    lastValidatedOn: '2025-05-20',
    nextReviewDue: '2028-05-20',
    consent: { givenOn: '2023-06-12' },
    occasion: 'periodic',
    ...members,
  };
}

/** A suspension of a certified Chinese enterprise. */
export function changeOf(id: string, members: object = {}): object {
  return {
    enterprise: { id, name: { latin: 'Shenzhen Hengda Electronics Co., Ltd.' } },
    programme: 'CN-AEO',
    regime: 'GACC-282',
    change: 'suspended',
    from: { status: 'certified', class: 'advanced-certified' },
    to: { status: 'suspended', class: 'advanced-certified' },
    decidedOn: '2026-11-20',
    effectiveOn: '2026-11-21',
    reasonCode: 'failed-validation',
    legalBasis: 'GACC Order 282',
    ...members,
  };
}

/** The result of a joint validation that China led. */
export function validationOf(validationId: string, members: object = {}): object {
  return {
    validationId,
    kind: 'joint',
    mode: 'on-site',
    facility: {
      name: {
        native: { text: '东莞永盛家具有限公司', lang: 'zh-Hans' },
        latin: 'Dongguan Yongsheng Furniture Co., Ltd.',
      },
      identifiers: [{ scheme: 'gacc.customs-registration', value: '4419940123' }],
      address: {
        type: 'site',
        lines: ['88 Houjie Avenue'],
        city: 'Dongguan',
        subdivision: 'CN-GD',
        country: 'CN',
      },
    },
    lead: 'CN',
    team: [
      { party: 'CN', office: 'Huangpu Customs', role: 'lead' },
      { party: 'US', office: 'CBP C-TPAT', role: 'technical-adviser' },
    ],
    visit: { from: '2025-10-28', to: '2025-10-29' },
    criteria: 'CTPAT-MSC-2019-11',
    findings: [
      {
        criterion: '6.1',
        category: 6,
        obligation: 'must',
        result: 'not-met',
        note: 'seals kept unlocked',
        action: 'locked cabinet and log',
        dueOn: '2026-01-30',
      },
      { criterion: '9.1', category: 9, obligation: 'must', result: 'met' },
    ],
    outcome: 'passed-with-actions',
    agreedBy: [
      { party: 'CN', office: 'Huangpu Customs', on: '2025-10-31' },
      { party: 'US', office: 'CBP C-TPAT', on: '2025-10-31' },
    ],
    ...members,
  };
}
