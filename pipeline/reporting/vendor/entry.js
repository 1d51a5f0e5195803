// The parts of Apache ECharts that the report draws with; ./make.sh bundles them.
import { use } from "echarts/core";
import { BarChart, GraphChart, HeatmapChart, LineChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapContinuousComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, GraphChart, HeatmapChart, LineChart, GridComponent, TooltipComponent, VisualMapContinuousComponent, SVGRenderer]);

export { init } from "echarts/core";
