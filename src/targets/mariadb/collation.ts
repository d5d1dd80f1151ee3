/** How everything that apply makes compares text. */
export const COLLATION = 'utf8mb4_nopad_bin';
