import type { ReactNode } from 'react'

function Icon({ size = 16, children }: { size?: number | undefined; children: ReactNode }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  )
}

interface IconProps {
  size?: number
}

export const SearchIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M7 12.2A5.2 5.2 0 1 0 7 1.8a5.2 5.2 0 0 0 0 10.4ZM10.8 10.8l3.4 3.4" />
  </Icon>
)
export const HelpIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM6.2 6.1A1.9 1.9 0 0 1 8 4.7c1 0 1.9.7 1.9 1.7 0 1.3-1.9 1.5-1.9 2.8M8 11.3v.05" />
  </Icon>
)
export const SunIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1.1 1.1M11.9 11.9 13 13M3 13l1.1-1.1M11.9 4.1 13 3" />
  </Icon>
)
export const MoonIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M13.5 9.6A6 6 0 0 1 6.4 2.5a6 6 0 1 0 7.1 7.1Z" />
  </Icon>
)
export const ScreenIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 3h12v8.2H2zM5.5 14h5M8 11.2V14" />
  </Icon>
)
export const MenuIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 4h12M2 8h12M2 12h12" />
  </Icon>
)
export const DownIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m4 6.2 4 4 4-4" />
  </Icon>
)
export const DownloadIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M8 2v8.2M4.8 7.2 8 10.4l3.2-3.2M2.5 13.5h11" />
  </Icon>
)
export const UploadIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M8 10.4V2.2M4.8 5.2 8 2l3.2 3.2M2.5 13.5h11" />
  </Icon>
)
export const FilterIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 3.5h12M4.2 8h7.6M6.4 12.5h3.2" />
  </Icon>
)
export const ColumnsIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 3h12v10H2zM6.2 3v10M10 3v10" />
  </Icon>
)
export const CloseIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
)
export const TableIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 3h12v10H2zM2 6.4h12M2 9.7h12M6.5 6.4V13" />
  </Icon>
)
export const ChartIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M2 13.5h12M4 11V8M8 11V3.5M12 11V6" />
  </Icon>
)
export const PrintIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M4.5 6V2h7v4M4.5 11H2.2V6h11.6v5h-2.3M4.5 9.2h7V14h-7z" />
  </Icon>
)
export const CheckIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="m3 8.6 3.2 3.2L13 4.6" />
  </Icon>
)
export const WarnIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M8 2 1.6 13.4h12.8L8 2ZM8 6.4v3.2M8 11.6v.05" />
  </Icon>
)
export const StopIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M5.3 1.8h5.4l3.5 3.5v5.4l-3.5 3.5H5.3l-3.5-3.5V5.3zM8 5v3.6M8 11v.05" />
  </Icon>
)
export const UndoIcon = ({ size }: IconProps) => (
  <Icon size={size}>
    <path d="M3 6.5h6.5a3.8 3.8 0 0 1 0 7.5H6M3 6.5 6 3.5M3 6.5l3 3" />
  </Icon>
)

/** The mark of the product: a whale curve. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true" focusable="false">
      <rect width="20" height="20" rx="4" fill="currentColor" />
      <path d="M3.5 16.2C4.6 9 7 5 10.4 5c3.2 0 4.4 2.4 6.1 4.6" stroke="var(--ground)" strokeWidth="2" strokeLinecap="round" />
    </svg>
  )
}
