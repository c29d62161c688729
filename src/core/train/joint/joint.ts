import { impute, type Neighbours } from './neighbours';
import { project, type Projection } from './projection';

/** A step that looks at several columns of a row at once. */
export type Joint = Neighbours | Projection;

/**
 * Rows after a joint step.
 *
 * @param values row-major float64 [rows, width]
 * @returns row-major float64 [rows, `widthAfter`]
 */
export const applyJoint = (joint: Joint, values: Float64Array, rows: number, width: number): Float64Array =>
  joint.kind === 'neighbours' ? impute(joint, values, rows, width) : project(joint, values, rows, width);

/** Columns that a joint step gives. */
export const widthAfter = (joint: Joint, width: number): number =>
  joint.kind === 'neighbours' ? width : joint.weights.length + joint.others.length;
