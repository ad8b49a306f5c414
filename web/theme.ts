import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#eef4fb',
  '#dbe7f5',
  '#b5cdea',
  '#8bb1de',
  '#9ccbf7',
  '#4f89cb',
  '#2f6fb5',
  '#174f8f',
  '#124074',
  '#0c3159',
]

const grey: MantineColorsTuple = [
  '#f7f8f9',
  '#eff1f3',
  '#e3e6e9',
  '#d0d5da',
  '#aeb5bd',
  '#88919b',
  '#5c6670',
  '#434c55',
  '#2b323a',
  '#181d23',
]

const night: MantineColorsTuple = [
  '#dfe3e7',
  '#b4bcc5',
  '#98a2ad',
  '#6b7682',
  '#3d454f',
  '#2b323a',
  '#21272e',
  '#14181c',
  '#12161c',
  '#0b0d0f',
]

/** One accent, grey for structure; orange only says loss. Everything else is weight and space. */
export const theme = createTheme({
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '12px', sm: '14px', md: '16px', lg: '18px', xl: '22px' },
  headings: { fontWeight: '620' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.33,
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  colors: { accent, gray: grey, dark: night },
  components: {
    Tooltip: {
      defaultProps: { multiline: true, maw: 320, withArrow: false, interactive: true, events: { hover: true, focus: true, touch: true } },
    },
    Progress: { defaultProps: { radius: 'xs', transitionDuration: 200 } },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 } } },
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.25 } } },
  },
})

/** Greys of Mantine that fall short of 4.5:1 on our grounds are darkened here, once. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': grey[6],
    '--mantine-color-placeholder': '#68727c',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1a1f27',
    '--mantine-color-error': '#a34d00',
    '--mantine-color-default-border': '#d0d5da',
  },
  dark: {
    '--mantine-color-dimmed': '#a3adb8',
    '--mantine-color-placeholder': '#97a1ac',
    '--mantine-color-body': '#12161c',
    '--mantine-color-text': '#e4e8ec',
    '--mantine-color-error': '#f0a04f',
    '--mantine-color-default': '#181c21',
    '--mantine-color-default-hover': '#21272e',
    '--mantine-color-default-border': '#3d454f',
  },
})
