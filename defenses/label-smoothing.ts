import { defense, smoothedCrossEntropy } from 'advx'

/**
 * Label smoothing: the cross-entropy with a share of each label spread over all classes. It keeps the scores small, and
 * with them the gradients; it moves boundaries little, and attacks that no scale of the scores changes show it.
 *
 *     min_w  −Σₖ q(k) log p(k),   q(k) = (1 − s)·[k = y] + s/K
 */
export default defense({
  title: 'Label Smoothing',
  paper:
    'Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, §7; as a defense: Warde-Farley, Goodfellow 2016; Goibert, Dohmatob 2019, https://arxiv.org/abs/1906.11567',
  params: { smoothing: 0.1 },

  teach: (_, { smoothing }) => smoothedCrossEntropy({ smoothing }),
})
