import './look/panel.css';
import { startPanel } from './start/startPanel.tsx';

const root = document.getElementById('root');
if (root !== null) void startPanel(root);
