/** Drawn on 16 by 16, one stroke; an icon always stands beside a word or has a label of its own. */
const paths = {
  attention: 'M8 2.500 14 13H2zM8 6.500v3M8 11.200v.3',
  ok: 'm3 8.500 3.300 3.300L13 5',
  bad: 'M4 4l8 8M12 4l-8 8',
  close: 'M4 4l8 8M12 4l-8 8',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 7.500V11M8 5v.3',
  waiting: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 4.800V8l2.200 1.500',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  play: 'M5 3.500 12 8l-7 4.500z',
  stop: 'M4 4h8v8H4z',
  out: 'M3 8h9M8.500 4.500 12 8l-3.500 3.500',
  in: 'M13 8H4M7.500 4.500 4 8l3.500 3.500',
  search: 'M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9M10.500 10.500 14 14',
  menu: 'M2.500 4.500h11M2.500 8h11M2.500 11.500h11',
  person:
    'M8 8a2.700 2.700 0 1 0 0-5.400A2.700 2.700 0 0 0 8 8M2.800 13.700c.6-2.700 2.700-4 5.200-4s4.600 1.300 5.200 4',
  copy: 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z',
  download: 'M8 2.500v7.500M4.800 7 8 10.200 11.200 7M3 13.500h10',
  retry: 'M13 8a5 5 0 1 1-1.500-3.600M13 2.200v3h-3',
  edit: 'M3 13l.6-2.800L10.800 3 13 5.200l-7.200 7.200zM9.500 4.300l2.200 2.200',
  filter: 'M2.500 4h11M4.500 8h7M6.500 12h3',
  more: 'm4 6 4 4 4-4',
  half: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12M8 2v12M8 4.500h4.500M8 8h6M8 11.500h4.500',
  sun: 'M8 10.800a2.800 2.800 0 1 0 0-5.600 2.800 2.800 0 0 0 0 5.600M8 1.500v1.200M8 13.300v1.200M1.500 8h1.200M13.300 8h1.200M3.400 3.400l.8.8M11.800 11.800l.8.8M12.600 3.400l-.8.8M4.200 11.800l-.8.8',
  moon: 'M13.500 9.500A6 6 0 0 1 6.500 2.500a6 6 0 1 0 7 7',
  unlinked:
    'M2 2l12 12M5.500 5.500 3.800 7.200a2.800 2.800 0 0 0 4 4l.8-.8M8.300 4.800l1-1a2.800 2.800 0 0 1 4 4L12.200 8.900',
  link: 'M6.500 9.500 9.500 6.500M7.500 4.800l1.300-1.300a2.800 2.800 0 0 1 4 4L11.500 8.800M8.500 11.200l-1.300 1.300a2.800 2.800 0 0 1-4-4L4.500 7.200',
  lock: 'M4 7.500h8v6H4zM5.500 7.500V5.300a2.500 2.500 0 0 1 5 0v2.200',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1 1.500H3zM7 14h2',
  mute: 'M4 11V7a4 4 0 0 1 6.500-3.100M12 7v4M3 12.500h9.500M7 14h2M2.500 2.500l11 11',
  note: 'M3 2.500h10v8L10 13.500H3zM5.500 6h5M5.500 9h3',
  external: 'M6 3H3v10h10v-3M9 3h4v4M13 3 7.500 8.500',
  dash: 'M4 8h8',
  star: 'M8 2.300l1.700 3.700 4 .4-3 2.700.9 4L8 11l-3.600 2.100.9-4-3-2.700 4-.4z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name, label }: { name: IconName; label?: string }) {
  const shape = { className: 'icon', viewBox: '0 0 16 16', width: 16, height: 16 };
  const path = <path d={paths[name]} />;
  if (label === undefined) {
    return (
      <svg {...shape} aria-hidden="true">
        {path}
      </svg>
    );
  }
  return (
    <svg {...shape} role="img" aria-label={label}>
      {path}
    </svg>
  );
}
