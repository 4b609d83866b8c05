export function pictures(height: number, width: number, channels: number): readonly (readonly number[])[]
