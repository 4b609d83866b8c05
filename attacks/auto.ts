import { attack } from 'advx'

/**
 * AutoAttack, the standard version: four attacks, each on the pictures that the ones before it did not break.
 *
 * In L1 the first begins 5 times, the second aims at 5 classes, and both spend their steps in balls of 3·ε, 2·ε and ε.
 * With a --target all four go there.
 */
export default attack({
  title: 'AutoAttack',
  paper:
    'Croce, Hein 2020, https://arxiv.org/abs/2003.01690, §5; L1: Croce, Hein 2021, https://arxiv.org/abs/2103.01208, §6',
  formula: `
    APGD on the cross-entropy
    → APGD on the difference of logits ratio, towards the 9 likeliest classes
    → FAB towards each of these
    → Square, 5000 queries
  `,
  norms: {
    linf: { eps: 8 / 255 },
    l2: { eps: 0.5 },
    l1: { eps: 12, help: 'its own restarts, targets and larger balls' },
  },
  params: { steps: 100, queries: 5000 },

  stages(norm, { steps, queries }) {
    const sparse = norm === 'l1'
    const spent = sparse ? { rounds: 3, steps: Math.ceil(steps / 3) } : { steps }
    return [
      { name: 'apgd-ce', attack: 'apgd', params: { loss: 'ce', restarts: sparse ? 5 : 1, ...spent } },
      { name: 'apgd-t', attack: 'apgd', params: { loss: 'dlr', targets: sparse ? 5 : 9, ...spent } },
      { name: 'fab-t', attack: 'fab', params: { targets: 9, steps } },
      { name: 'square', attack: 'square', params: { queries } },
    ]
  },
})
