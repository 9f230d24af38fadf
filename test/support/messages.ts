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
