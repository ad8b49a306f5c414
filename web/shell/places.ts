/** The rail: every place of the product in the order of the chain. What has no page yet says what it will need. */
export interface Place {
  title: string
  to?:
    | '/'
    | '/customers'
    | '/value'
    | '/relationships'
    | '/profitability'
    | '/worklist'
    | '/models'
    | '/pricing'
    | '/cost-model'
    | '/audit'
    | '/cohorts'
    | '/acquisition'
    | '/plan'
    | '/risk'
    | '/data'
    | '/settings'
    | '/glossary'
  needs?: string
}

export const places: { group: string; items: Place[] }[] = [
  {
    group: 'See',
    items: [
      { title: 'Portfolio', to: '/' },
      { title: 'Customers', to: '/customers' },
      { title: 'Profitability', to: '/profitability' },
      { title: 'Pricing', to: '/pricing' },
      { title: 'Value', to: '/value' },
      { title: 'Relationships', to: '/relationships' },
    ],
  },
  {
    group: 'Understand',
    items: [
      { title: 'Audit', to: '/audit' },
      { title: 'Cohorts', to: '/cohorts' },
      { title: 'Acquisition', to: '/acquisition' },
      { title: 'Drivers', needs: 'survey answers' },
      { title: 'Intimacy', needs: 'contacts and meetings' },
      { title: 'Needs', needs: 'needs that customers have named' },
    ],
  },
  {
    group: 'Decide',
    items: [
      { title: 'Plan', to: '/plan' },
      { title: 'Offerings', needs: 'services and what is included for whom' },
      { title: 'Risk', to: '/risk' },
    ],
  },
  {
    group: 'Act',
    items: [
      { title: 'Worklist', to: '/worklist' },
      { title: 'Accounts', needs: 'contacts and account plans' },
      { title: 'Coverage', needs: 'staff, visits and hours' },
      { title: 'Initiatives', needs: 'initiatives with cost and customers' },
    ],
  },
  {
    group: 'Ground',
    items: [
      { title: 'Data', to: '/data' },
      { title: 'Cost model', to: '/cost-model' },
      { title: 'Models', to: '/models' },
      { title: 'Guardrails', needs: 'policies that treatment must keep' },
      { title: 'Glossary', to: '/glossary' },
      { title: 'Settings', to: '/settings' },
    ],
  },
]
