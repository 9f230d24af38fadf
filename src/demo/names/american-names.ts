import type { Role } from '../../generated/codes.ts';
import type { AmericanPlace } from './american-places.ts';

/** First words of company names: places, trees, weather; no persons. */
export const FIRST_WORDS = `
  Cascade Harbor Summit Redwood Pacific Atlantic Lakeshore Granite Prairie Liberty Beacon Keystone Evergreen
  Frontier Meridian Bluewater Ironwood Silverline Northstar Westgate Eastbay Riverbend Stonebridge Clearwater
  Highland Crescent Compass Anchor Trident Sequoia Juniper Magnolia Cypress Palmetto Lonestar Bluegrass Tidewater
  Copperfield Sandstone Whitecap Windward Leeward Goldenrod Maple Birchwood Cedar Falcon Osprey Heron Kestrel
  Pinnacle Vanguard Paragon Sterling Heritage Pioneer Patriot Colonial Continental Metro Capitol Crossroads
`
  .trim()
  .split(/\s+/);

export const SECOND_WORDS = `
  Ridge Point Valley Creek Bay Coast Island Mountain Bridge Gate Line Star Way Field Stone Peak Shore Crest
  Trail Landing Cove Sound Plains Hills
`
  .trim()
  .split(/\s+/);

/** First words of companies in Mexico. */
export const MEXICAN_WORDS = `
  Sierra Norte Frontera Pacifico Aguila Estrella Camino Puente Desierto Bahia Laguna Cumbre Horizonte Azteca
  Tarahumara Coahuila Rioverde Mirador
`
  .trim()
  .split(/\s+/);

/** What members of one role do, where they sit, and how many of a hundred bear the role first. */
export interface AmericanTrade {
  role: Role;
  /** Borne beside the first by some. */
  also?: Role;
  trades: readonly string[];
  countries: readonly AmericanPlace['country'][];
  weight: number;
}

export const AMERICAN_TRADES: readonly AmericanTrade[] = [
  {
    role: 'importer',
    also: 'exporter',
    trades: [
      'Imports',
      'Furniture',
      'Apparel',
      'Footwear',
      'Toys',
      'Home Goods',
      'Electronics',
      'Auto Parts',
      'Sporting Goods',
      'Tools',
      'Lighting',
      'Foods',
      'Medical Supply',
      'Housewares',
      'Textiles',
      'Hardware',
    ],
    countries: ['US'],
    weight: 42,
  },
  {
    role: 'exporter',
    trades: [
      'Export',
      'Grain Export',
      'Machinery Export',
      'Agricultural Products',
      'Scrap Metals',
      'Chemicals',
    ],
    countries: ['US'],
    weight: 5,
  },
  {
    role: 'highway-carrier',
    trades: ['Trucking', 'Freight Lines', 'Transport', 'Carriers'],
    countries: ['US', 'MX', 'CA'],
    weight: 14,
  },
  {
    role: 'mexican-long-haul-carrier',
    trades: ['Transportes', 'Fletes', 'Autolineas'],
    countries: ['MX'],
    weight: 7,
  },
  { role: 'rail-carrier', trades: ['Railway', 'Railroad'], countries: ['US', 'CA'], weight: 0.4 },
  {
    role: 'sea-carrier',
    trades: ['Shipping', 'Ocean Lines', 'Container Line'],
    countries: ['US'],
    weight: 1,
  },
  { role: 'air-carrier', trades: ['Air Cargo', 'Airlines'], countries: ['US', 'CA'], weight: 0.8 },
  {
    role: 'marine-port-terminal-operator',
    trades: ['Terminals', 'Port Terminal', 'Stevedoring'],
    countries: ['US'],
    weight: 1.2,
  },
  {
    role: 'consolidator',
    also: 'third-party-logistics',
    trades: ['Consolidators', 'Freight Forwarding', 'Container Services', 'Air Freight'],
    countries: ['US'],
    weight: 8,
  },
  {
    role: 'third-party-logistics',
    trades: ['Logistics', 'Supply Chain', 'Distribution', 'Warehousing'],
    countries: ['US', 'CA'],
    weight: 4,
  },
  {
    role: 'customs-broker',
    also: 'consolidator',
    trades: ['Customs Brokers', 'Customs Brokerage', 'Customs Services'],
    countries: ['US'],
    weight: 9,
  },
  {
    role: 'foreign-manufacturer',
    trades: ['Manufacturing', 'Harness', 'Plastics', 'Medical Devices', 'Automotive', 'Electronics'],
    countries: ['MX', 'CA'],
    weight: 8,
  },
];

/** Legal forms of each country. */
export const AMERICAN_FORMS: Readonly<Record<AmericanPlace['country'], readonly string[]>> = {
  US: ['Inc.', 'LLC', 'Corp.', 'Co.', 'Company, Inc.', 'LP'],
  MX: ['S.A. de C.V.', 'S. de R.L. de C.V.'],
  CA: ['Ltd.', 'Inc.', 'ULC'],
};

export const AMERICAN_STREETS: Readonly<Record<AmericanPlace['country'], readonly string[]>> = {
  US: [
    'Commerce Drive',
    'Industrial Boulevard',
    'Harbor Way',
    'Main Street',
    'Airport Road',
    'Terminal Street',
    'Trade Center Drive',
    'Enterprise Parkway',
    'Distribution Avenue',
    'Alameda Street',
    'Dock Street',
    'Port Road',
  ],
  MX: ['Avenida Industrial', 'Calle Reforma', 'Boulevard Aeropuerto', 'Carretera Nacional', 'Calle Hidalgo'],
  CA: ['Dixie Road', 'Industrial Parkway', 'Airport Road', 'Rue Saint-Jacques', 'Commerce Court'],
};
